import { redirect } from '@sveltejs/kit';
import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { deskReceiptCookie } from '#lib/server/web/cookies/desk-receipt.ts';
import { withCaseForm } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: (event) =>
		withCaseForm(event, async ({ actor, reference, data }) => {
			await deskReceiptCookie.write(event.cookies, { receipt: await renewReceipt(actor, reference, data) });
			redirect(303, '/desk/new/cetak');
		})
};
