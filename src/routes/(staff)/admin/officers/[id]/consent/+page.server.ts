import { officerForAdmin } from '#lib/server/people/officers/officers.ts';
import { recordPhotoConsent } from '#lib/server/people/officers/photo-consent.ts';
import { changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { params }) => ({ officer: await officerForAdmin(actor, params.id) }));

export const actions = {
	default: changeThenOpen(
		(actor, data, { params }) => recordPhotoConsent(actor, params.id, data),
		({ params }) => `/admin/officers/${params.id}/consent?saved`
	)
};
