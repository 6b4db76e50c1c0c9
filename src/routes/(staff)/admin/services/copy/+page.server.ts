import { isOpenToPublic } from '#lib/server/people/units/find-unit.ts';
import { copyPlan, copyServices } from '#lib/server/people/units/services.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';
import { pathOffice } from '../../guided-path.ts';

export const load = withActor(async (actor, event) => {
	const office = await pathOffice(actor, event);
	const isBeingSetUp = office && (event.url.searchParams.has('mulai') || !isOpenToPublic(office));
	return {
		...(await copyPlan(actor, event.url.searchParams.get('dari'))),
		/** Code of the office that is being set up (`/admin/mulai`). */
		office: isBeingSetUp ? office.code : undefined
	};
});

export const actions = {
	copy: formAction(async (actor, { data }) => `/admin/services?saved=copied-${await copyServices(actor, data)}`, {
		lists: ['units']
	})
};
