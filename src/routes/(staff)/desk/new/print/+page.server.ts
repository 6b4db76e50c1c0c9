import { redirect } from '@sveltejs/kit';
import { PRINT_SECONDS } from '#lib/server/cases/open-case.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { pageOfCase } from '#lib/server/web/forms/desk-case-form.ts';
import { deskReceiptCookie, receiptToPrint } from '#lib/server/web/cookies/desk-receipt.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';

export const load = (event) =>
	asPage(async () => {
		return { printed: await receiptToPrint(event), seconds: PRINT_SECONDS };
	});

export const actions = {
	/** The paper was handed over: removes the receipt from this browser. */
	default: async (event) => {
		const printed = await receiptToPrint(event);
		deskReceiptCookie.clear(event.cookies);
		redirect(303, printed ? await pageOfCase(signedIn(event.locals), printed.reference) : '/desk/new');
	}
};
