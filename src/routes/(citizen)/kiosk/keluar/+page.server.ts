import { SHELL } from '#lib/ratings/kiosk.ts';
import { checkKioskPin } from '#lib/server/places/kiosks.ts';
import { asForm, asPage } from '#lib/server/web/http/error-responses.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';
import { thisKiosk } from '#lib/server/web/kiosk.ts';

export const load = (event) =>
	asPage(async () => {
		const { unit, place, desk, mode, number, pairedAt, ended } = await thisKiosk(event);
		const device = { mode, number };
		return { unit, place: (desk ?? place).name, device, pairedAt, ended, shell: event.url.searchParams.has(SHELL) };
	});

export const actions = {
	// The typed PIN is not returned to the page, so that the next person at the screen can't read it.
	default: (event) =>
		asForm({}, async () => {
			const { id } = await thisKiosk(event);
			const { data } = await readTextForm(event.request);
			await checkKioskPin(id, data);
			return { pinAccepted: true };
		})
};
