import { redirect } from '@sveltejs/kit';
import { pairKiosk, requireKioskLink } from '#lib/server/places/kiosk-pairing.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { kioskCookie } from '#lib/server/web/cookies/citizen-cookies.ts';

export const load = ({ params }) => asPage(async () => ({ link: await requireKioskLink(params.token) }));

export const actions = {
	// A button uses the one-time link, so that a link preview does not use it up.
	default: ({ params, cookies }) =>
		asPage(async () => {
			await kioskCookie.write(cookies, { kioskId: await pairKiosk(params.token) });
			redirect(303, '/kiosk');
		})
};
