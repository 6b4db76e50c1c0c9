import { SHELL } from '#lib/ratings/kiosk.ts';
import { NotFound } from '#lib/server/errors.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { kioskScreen, renewPairing, thisKiosk } from '#lib/server/web/kiosk.ts';
import { ratingFormPage, receiveKioskRating } from '#lib/server/web/forms/rating-form.ts';

export const load = (event) =>
	asPage(async () => {
		const kiosk = await renewPairing(event);
		const screen = await kioskScreen(event, kiosk);
		const plain = screen.mode === 'tablet' && !screen.ended && !event.url.searchParams.has(SHELL);
		return {
			screen,
			thanks: event.url.searchParams.has('terima'),
			form: plain ? await ratingFormPage(event, { ...kiosk.unit, ratingFaces: true }, kiosk.desk ?? kiosk.place) : null
		};
	});

export const actions = {
	default: (event) =>
		asPage(async () => {
			const kiosk = await thisKiosk(event);
			if (kiosk.ended || kiosk.mode !== 'tablet') throw new NotFound();
			return receiveKioskRating(event, kiosk);
		})
};
