import { redirect } from '@sveltejs/kit';
import { trackCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const actions = {
	default: ({ cookies }) => {
		trackCookie.clear(cookies);
		forgetPages(cookies);
		redirect(303, '/lacak?ditutup');
	}
};
