import { listOfficers } from '#lib/server/people/officers/officers.ts';
import { unitForAdmin } from '#lib/server/people/units/units.ts';
import { desksBeside, listKiosks, setKioskPin, withdrawKiosks, type NamedKiosk } from '#lib/server/places/kiosks.ts';
import { createKioskLink } from '#lib/server/places/kiosk-pairing.ts';
import { changePlace, placeForAdmin, renewPlace, seenOfPlace, withdrawPlace } from '#lib/server/places/places.ts';
import { formAction, changeThenOpen, withActor } from '#lib/server/web/http/staff-page.ts';
import { mainOrigin } from '#lib/server/web/http/origin.ts';

export const load = withActor(async (actor, event) => {
	const place = await placeForAdmin(actor, event.params.id);
	const officers = await listOfficers(actor, place.unitId);
	return {
		place,
		seen: seenOfPlace(place),
		office: await unitForAdmin(actor, place.unitId),
		officers: officers.filter((officer) => officer.active),
		devices: await listKiosks(actor, place.id),
		desks: await desksBeside(actor, place.id),
		address: `${mainOrigin(event)}/q/${place.code}`
	};
});

/** Address of the devices on the place's page, with a message that names the changed devices. */
function doneAt(placeId: string, done: 'pin' | 'unpair', devices: readonly NamedKiosk[]): string {
	const named = devices.map(({ mode, number }) => `&device=${mode}-${number}`).join('');
	return `/admin/places/${placeId}?done=${done}${named}#devices`;
}

/** The place of the page, with the code that the page showed. */
const seenPlace = ({ id }: { id: string }, data: Record<string, unknown>) => ({ id, code: String(data.code ?? '') });

export const actions = {
	details: changeThenOpen(
		(actor, data, { params }) => changePlace(actor, params.id, data),
		({ params }) => `/admin/places/${params.id}?saved`
	),
	pair: formAction(async (actor, { data }, event) => {
		const token = await createKioskLink(actor, event.params.id, data);
		return { kioskLink: `${mainOrigin(event)}/kiosk/${token}` };
	}),
	pin: formAction(async (actor, { data }, { params }) => {
		const device = await setKioskPin(actor, params.id, String(data.kiosk), data);
		return doneAt(params.id, 'pin', [device]);
	}),
	unpair: formAction(
		async (actor, { data }, { params }) => {
			const kiosk = data.all === 'yes' ? undefined : String(data.kiosk);
			return doneAt(params.id, 'unpair', await withdrawKiosks(actor, params.id, kiosk));
		},
		{ part: 'unpair' }
	),
	withdraw: changeThenOpen(
		(actor, data, { params }) => withdrawPlace(actor, seenPlace(params, data)),
		'/admin/places?saved',
		{
			part: 'withdraw'
		}
	),
	renew: changeThenOpen(
		(actor, data, { params }) => renewPlace(actor, seenPlace(params, data)),
		({ params }) => `/admin/places/${params.id}?saved`,
		{ part: 'renew' }
	)
};
