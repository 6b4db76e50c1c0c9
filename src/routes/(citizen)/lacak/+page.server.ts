import { redirect } from '@sveltejs/kit';
import { parseReceipt } from '#lib/text/receipt.ts';
import { caseByReceipt, reporterView } from '#lib/server/cases/track.ts';
import { TooMany } from '#lib/server/errors.ts';
import { addressKey, consume, refund } from '#lib/server/people/limits.ts';
import { clientAddress } from '#lib/server/web/address.ts';
import { asForm } from '#lib/server/web/answers.ts';
import { trackCookie } from '#lib/server/web/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/forget-pages.ts';
import { readForm } from '#lib/server/web/form.ts';

/** Whose report is no longer open here left the pages of it behind. */
export const load = ({ cookies, url }) => {
	if (url.searchParams.has('habis')) forgetPages(cookies);
};

export const actions = {
	default: async (event) => {
		const { data, typed } = await readForm(event.request);
		return asForm(typed, async () => {
			const receipt = String(data.receipt ?? '');
			const key = addressKey(clientAddress(event));
			// Only what could be a receipt is a guess; a slip of the finger costs nothing, and neither does a right one.
			if ('ok' in parseReceipt(receipt)) {
				const tries = await consume('receipt_address', key);
				if (!tries.ok) throw new TooMany(tries.retryAfter);
			}
			const tracked = await caseByReceipt(receipt);
			await refund('receipt_address', key);
			const { seenAt } = await reporterView(tracked);
			await trackCookie.write(event.cookies, { ...tracked, since: seenAt?.toISOString() ?? null });
			return redirect(303, '/lacak/laporan');
		});
	}
};
