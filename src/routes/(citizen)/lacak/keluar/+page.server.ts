import { redirect } from '@sveltejs/kit';
import { trackCookie } from '#lib/server/web/citizen-cookies.ts';

export const actions = {
	default: ({ cookies }) => {
		trackCookie.clear(cookies);
		redirect(303, '/lacak?ditutup');
	}
};
