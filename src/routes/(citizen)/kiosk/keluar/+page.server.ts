import { SHELL } from '#lib/ratings/kiosk.ts';
import { checkKioskPin } from '#lib/server/places/kiosks.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { thisKiosk } from '#lib/server/web/kiosk.ts';

export const load = (event) =>
	asPage(async () => {
		const { unit, place, desk, mode, number, pairedAt, ended } = await thisKiosk(event);
		const device = { mode, number };
		return { unit, place: (desk ?? place).name, device, pairedAt, ended, shell: event.url.searchParams.has(SHELL) };
	});

export const actions = {
	// Nothing that was typed is given back: the next one at the screen must not read a PIN.
	default: (event) =>
		asForm({}, async () => {
			const { id } = await thisKiosk(event);
			const { data } = await readTextForm(event.request);
			await checkKioskPin(id, data);
			return { out: true };
		})
};
