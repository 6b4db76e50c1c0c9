import { redirect } from '@sveltejs/kit';
import { caseByTypedReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { findUnit, officeHeader } from '#lib/server/people/units/find-unit.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { kioskCookie, startTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readTextForm } from '#lib/server/web/http/form.ts';

/**
 * `?habis`: no report is open in this browser, and one may have been until its time ended, so the browser must drop its
 * cached pages. `?habis=kirim`: a form of the report was refused for that reason. `?habis=lain`: the form belongs to
 * another report than the open one. `?kantor`: the office from which the reader came. A paired tablet belongs to many
 * people, so its page does not say where a code may still be open.
 */
export const load = async ({ cookies, url }) => {
	if (url.searchParams.has('habis')) forgetPages(cookies);
	const unit = await findUnit(url.searchParams.get('kantor') ?? '');
	const isTablet = (await kioskCookie.read(cookies)) !== undefined;
	return { unit: unit && (await officeHeader(unit)), isTablet };
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
