import { recordingOffices, recordRequest } from '#lib/server/privacy/requests/receive.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => ({
	units: await recordingOffices(actor),
	reference: url.searchParams.get('reference'),
	submissionId: crypto.randomUUID()
}));

export const actions = {
	default: formAction(async (actor, { data }) => `/admin/privacy/requests/${await recordRequest(actor, data)}?saved`)
};
