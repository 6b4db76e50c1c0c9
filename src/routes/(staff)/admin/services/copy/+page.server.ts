import { copyPlan, copyServices } from '#lib/server/people/units/services.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { pathOffice } from '../../action-address.ts';

export const load = withActor(async (actor, { url }) => ({
	...(await copyPlan(actor, url.searchParams.get('dari'))),
	/** Code of the office whose set-up (`/admin/mulai`) linked here. */
	office: pathOffice(url)
}));

export const actions = {
	copy: formAction(async (actor, { data }) => `/admin/services?saved=copied-${await copyServices(actor, data)}`, {
		lists: ['units']
	})
};
