import { redirect } from '@sveltejs/kit';
import { openTrack, trackCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const actions = {
	default: async (event) => {
		const { cookies } = event;
		const tracked = await openTrack(event);
		trackCookie.clear(cookies);
		forgetPages(cookies);
		redirect(303, tracked ? `/lacak?ditutup&kantor=${tracked.found.unit.slug}` : '/lacak?ditutup');
	}
};
