import { redirect } from '@sveltejs/kit';
import { spelled } from '#lib/text/receipt-format.ts';
import { acknowledgement } from '#lib/server/cases/track.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { trackAddress } from '#lib/server/web/http/origin.ts';
import { receiptCookie, sentLately } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const load = (event) =>
	asPage(async () => {
		const sent = await sentLately(event);
		if (!sent) return { sent: null };
		const { unit, ...acknowledged } = await acknowledgement(sent.tracked);
		return {
			unit,
			sent: {
				receipt: sent.receipt,
				spelled: spelled(sent.receipt),
				address: trackAddress(event),
				...acknowledged
			}
		};
	});

export const actions = {
	/** "Sudah saya catat": removes the receipt from this browser. */
	default: async (event) => {
		const sent = await sentLately(event);
		receiptCookie.clear(event.cookies);
		forgetPages(event.cookies);
		const unit = sent ? (await acknowledgement(sent.tracked)).unit.slug : '';
		redirect(303, `/${unit}`);
	}
};
