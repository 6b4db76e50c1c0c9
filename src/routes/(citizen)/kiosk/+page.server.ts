import type { RequestEvent } from '@sveltejs/kit';
import { NotFound } from '#lib/server/errors.ts';
import { placeOfKiosk } from '#lib/server/places/kiosks.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { kioskCookie } from '#lib/server/web/citizen-cookies.ts';
import { ratingFormPage, receiveKioskRating } from '#lib/server/web/rating-form.ts';

async function thisKiosk({ cookies }: RequestEvent) {
	const paired = await kioskCookie.read(cookies);
	if (!paired) throw new NotFound();
	return placeOfKiosk(paired.kioskId);
}

export const load = (event) =>
	asPage(async () => {
		const { unit, placeName, officerId } = await thisKiosk(event);
		const { name, slug, accent } = unit;
		return {
			unit: { name, slug, accent },
			place: placeName,
			thanks: event.url.searchParams.has('terima'),
			form: await ratingFormPage(event, unit, { name: placeName, officerId })
		};
	});

export const actions = {
	default: (event) => asPage(async () => receiveKioskRating(event, await thisKiosk(event)))
};
