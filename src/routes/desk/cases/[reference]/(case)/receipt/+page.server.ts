import { redirect } from '@sveltejs/kit';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { asForm } from '#lib/server/web/http/answers.ts';
import { deskReceiptCookie } from '#lib/server/web/cookies/desk-receipt.ts';
import { givenBy } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: async (event) => {
		const typed = {};
		return asForm(typed, async () => {
			const { actor, reference, data } = await givenBy(event, typed);
			await deskReceiptCookie.write(event.cookies, { receipt: await renewReceipt(actor, reference, data) });
			redirect(303, '/desk/new/cetak');
		});
	}
};
