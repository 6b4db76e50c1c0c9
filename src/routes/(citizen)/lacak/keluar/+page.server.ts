import { redirect } from '@sveltejs/kit';
import { trackCookie } from '#lib/server/web/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/forget-pages.ts';

export const actions = {
	default: ({ cookies }) => {
		trackCookie.clear(cookies);
		forgetPages(cookies);
		redirect(303, '/lacak?ditutup');
	}
};
