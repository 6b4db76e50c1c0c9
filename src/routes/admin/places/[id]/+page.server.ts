import { redirect } from '@sveltejs/kit';
import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { desksBeside, listKiosks, setKioskPin, withdrawKiosks, type NamedKiosk } from '#lib/server/places/kiosks.ts';
import { createKioskLink } from '#lib/server/places/kiosk-pairing.ts';
import { changePlace, placeForAdmin, renewPlace, withdrawPlace } from '#lib/server/places/places.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = (event) =>
	asPage(async () => {
		const actor = signedIn(event.locals);
		const place = await placeForAdmin(actor, event.params.id);
		const officers = await listOfficers(actor, place.unitId);
		return {
			place,
			office: await unitForAdmin(actor, place.unitId),
			officers: officers.filter((officer) => officer.active),
			devices: await listKiosks(actor, place.id),
			desks: await desksBeside(actor, place.id),
			address: `${mainOrigin(event)}/q/${place.code}`
		};
	});

/** Back to the devices, where it is said what was done to which. */
function doneAt(placeId: string, done: 'pin' | 'unpair', devices: readonly NamedKiosk[]): string {
	const named = devices.map(({ mode, number }) => `&device=${mode}-${number}`).join('');
	return `/admin/places/${placeId}?done=${done}${named}#devices`;
}

export const actions = {
	details: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			await changePlace(signedIn(locals), params.id, data);
			redirect(303, `/admin/places/${params.id}?saved`);
		});
	},
	pair: async (event) => {
		const { data, typed } = await readForm(event.request);
		// A PIN is typed again rather than shown.
		return asForm({ ...typed, pin: '' }, async () => {
			const token = await createKioskLink(signedIn(event.locals), event.params.id, data);
			return { kioskLink: `${mainOrigin(event)}/kiosk/${token}` };
		});
	},
	pin: async ({ request, locals, params }) => {
		const { data, typed } = await readForm(request);
		return asForm({ ...typed, pin: '' }, async () => {
			const device = await setKioskPin(signedIn(locals), params.id, String(data.kiosk), data);
			redirect(303, doneAt(params.id, 'pin', [device]));
		});
	},
	unpair: async ({ request, locals, params }) => {
		const { data } = await readForm(request);
		return asForm({ part: 'unpair' }, async () => {
			const all = data.all === 'yes';
			const ended = await withdrawKiosks(signedIn(locals), params.id, all ? undefined : String(data.kiosk));
			redirect(303, doneAt(params.id, 'unpair', ended));
		});
	},
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
