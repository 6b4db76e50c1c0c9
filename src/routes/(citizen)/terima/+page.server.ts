import { redirect } from '@sveltejs/kit';
import { spelled } from '#lib/text/receipt-format.ts';
import { acknowledgement } from '#lib/server/cases/track.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { receiptCookie, sentLately } from '#lib/server/web/cookies/citizen-cookies.ts';
import { forgetPages } from '#lib/server/web/http/forget-pages.ts';

export const load = (event) =>
	asPage(async () => {
		const sent = await sentLately(event);
		if (!sent) return { sent: null };
		const { unit, ...told } = await acknowledgement(sent.tracked);
		return { unit, sent: { receipt: sent.receipt, spelled: spelled(sent.receipt), ...told } };
	});

export const actions = {
	/** "Sudah saya catat": from here on nobody at this phone sees the code again. */
	default: async (event) => {
		const sent = await sentLately(event);
		receiptCookie.clear(event.cookies);
		forgetPages(event.cookies);
		const unit = sent ? (await acknowledgement(sent.tracked)).unit.slug : '';
		redirect(303, `/${unit}`);
	}
};
