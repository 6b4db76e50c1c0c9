import { copyPlan, copyServices } from '#lib/server/people/units/services.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { pathOffice } from '../../guided-path.ts';

export const load = withActor(async (actor, event) => ({
	...(await copyPlan(actor, event.url.searchParams.get('dari'))),
	/** Code of the office that is being set up (`/admin/mulai`). */
	office: (await pathOffice(actor, event))?.code
}));

export const actions = {
	copy: formAction(async (actor, { data }) => `/admin/services?saved=copied-${await copyServices(actor, data)}`, {
		lists: ['units']
	})
};
