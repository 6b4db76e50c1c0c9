import { redirect } from '@sveltejs/kit';
import { listOfficers } from '#lib/server/people/officers.ts';
import { unitForAdmin } from '#lib/server/people/units.ts';
import { createKioskLink, withdrawKiosks } from '#lib/server/places/kiosks.ts';
import { changePlace, placeForAdmin, renewPlace, withdrawPlace } from '#lib/server/places/places.ts';
import { asForm, asPage } from '#lib/server/web/answers.ts';
import { readForm } from '#lib/server/web/form.ts';
import { mainOrigin } from '#lib/server/web/origin.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = (event) =>
	asPage(async () => {
		const actor = signedIn(event.locals);
		const place = await placeForAdmin(actor, event.params.id);
		const officers = await listOfficers(actor, place.unitId);
		return {
			place,
			office: await unitForAdmin(actor, place.unitId),
			officers: officers.filter((officer) => officer.active),
			address: `${mainOrigin(event)}/q/${place.code}`
		};
	});

export const actions = {
	details: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changePlace(signedIn(locals), params.id, data);
			redirect(303, `/admin/places/${params.id}?saved`);
		});
	},
	pair: (event) =>
		asForm({ part: 'pair' }, async () => {
			const token = await createKioskLink(signedIn(event.locals), event.params.id);
			return { kioskLink: `${mainOrigin(event)}/kiosk/${token}` };
		}),
	unpair: ({ locals, params }) =>
		asForm({ part: 'unpair' }, async () => {
			await withdrawKiosks(signedIn(locals), params.id);
			redirect(303, `/admin/places/${params.id}?saved`);
		}),
	withdraw: ({ locals, params }) =>
		asForm({ part: 'withdraw' }, async () => {
			await withdrawPlace(signedIn(locals), params.id);
			redirect(303, '/admin/places?saved');
		}),
	renew: ({ locals, params }) =>
		asForm({ part: 'renew' }, async () => {
			const { id } = await renewPlace(signedIn(locals), params.id);
			redirect(303, `/admin/places/${id}?saved`);
		})
};
