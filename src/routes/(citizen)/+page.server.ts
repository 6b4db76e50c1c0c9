import { redirect } from '@sveltejs/kit';
import { parsePlaceCode } from '#lib/text/place-code.ts';
import { parseReceipt } from '#lib/text/receipt-format.ts';
import { caseByTypedReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { invalid } from '#lib/server/errors.ts';
import { openOffices } from '#lib/server/people/units/find-unit.ts';
import { startTrack } from '#lib/server/web/cookies/citizen-cookies.ts';
import { asForm } from '#lib/server/web/http/error-responses.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';
import { readForm } from '#lib/server/web/http/form.ts';

export const load = async ({ url, request }) => {
	const offices = await openOffices();
	const [only] = offices;
	// A refused code is shown with its error.
	if (only && offices.length === 1 && request.method !== 'POST') redirect(303, `/${only.slug}${url.search}`);
	return { offices };
};

export const actions = {
	/** Opens the place of a sheet's code, or the report of a receipt, because many people type a receipt here. */
	default: async (event) => {
		const { data, typed } = await readForm(event.request);
		return asForm(typed, async () => {
			const text = String(data.code ?? '');
			const code = parsePlaceCode(text);
			if (code) return redirect(303, `/q/${code}`);
			// A mistyped receipt must not stay in the browser's cache.
			event.locals.isPrivate = true;
			if (!('ok' in parseReceipt(text))) throw invalid('code', text ? 'place_code_shape' : 'place_code_missing');
			await startTrack(event, await caseByTypedReceipt(text, 'code'));
			// The page in which it was typed is not private, so Back would show the code.
			forgetPages(event.cookies);
			return redirect(303, '/lacak/laporan');
		});
	}
};
