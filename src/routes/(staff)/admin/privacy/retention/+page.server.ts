import { proposeDestruction } from '#lib/server/privacy/retention/proposal.ts';
import { retentionSchedule } from '#lib/server/privacy/retention/schedule.ts';
import { destructionList } from '#lib/server/privacy/retention/view.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor) => ({
	...(await destructionList(actor)),
	rules: await retentionSchedule()
}));

export const actions = {
	default: formAction(async (actor) => `/admin/privacy/retention/${await proposeDestruction(actor)}`)
};
