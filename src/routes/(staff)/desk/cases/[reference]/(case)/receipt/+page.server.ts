import { renewReceipt } from '#lib/server/cases/conversation/contact.ts';
import { deskReceiptCookie } from '#lib/server/web/cookies/desk-receipt.ts';
import { caseAction } from '#lib/server/web/forms/desk-verb.ts';

export const actions = {
	default: (event) =>
		caseAction(async ({ actor, reference, data }) => {
			const receipt = await renewReceipt(actor, reference, data);
			await deskReceiptCookie.write(event.cookies, { receipt, accountId: actor.accountId });
			return '/desk/new/print';
		})(event)
};
