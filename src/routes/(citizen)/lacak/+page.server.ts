import { redirect } from '@sveltejs/kit';
import { caseByTypedReceipt } from '#lib/server/cases/track.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { startTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';

/** `?habis`: the time to view the report has ended, so the browser must drop its cached pages. */
export const load = ({ cookies, url }) => {
	if (url.searchParams.has('habis')) forgetPages(cookies);
};

export const actions = {
	default: async (event) => {
		const { data, typed } = await readTextForm(event.request);
		return asForm(typed, async () => {
			await startTrack(event, await caseByTypedReceipt(String(data.receipt ?? '')));
			return redirect(303, '/lacak/laporan');
		});
	}
};
