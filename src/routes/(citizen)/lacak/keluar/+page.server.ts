import { redirect } from '@sveltejs/kit';
import { openTrack, trackCookie } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const actions = {
	default: async (event) => {
		const { cookies } = event;
		// Whatever fails, the next person at this phone does not find the report open.
		const tracked = await openTrack(event).catch(() => undefined);
		trackCookie.clear(cookies);
		forgetPages(cookies);
		redirect(303, tracked ? `/lacak?ditutup&kantor=${tracked.found.unit.slug}` : '/lacak?ditutup');
	}
};
