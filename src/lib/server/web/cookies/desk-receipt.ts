import type { RequestEvent } from '@sveltejs/kit';
import { qrPath } from '#lib/text/qr-path.ts';
import { spelled } from '#lib/text/receipt-format.ts';
import { receiptPageFacts } from '#lib/server/cases/receipt-page.ts';
import { caseByReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { PRINT_SECONDS } from '#lib/server/cases/open-case.ts';
import { Invalid } from '#lib/server/errors.ts';
import { mainOrigin } from '../http/origin.ts';
import { encryptedCookie } from './encrypted-cookie.ts';

/**
 * The receipt that an account has to print for the reporter at the desk. It is stored nowhere else. On a shared computer,
 * the next person must not see it.
 */
export const deskReceiptCookie = encryptedCookie<{ receipt: string; accountId: string | null }>('cetak', PRINT_SECONDS);

/** Content to print; null if no receipt waits for this account, or if it was renewed meanwhile. */
export async function receiptToPrint(event: RequestEvent) {
	const cookie = await deskReceiptCookie.read(event.cookies);
	if (!cookie || cookie.accountId !== event.locals.actor?.accountId) return null;
	try {
		const content = await receiptPageFacts((await caseByReceipt(cookie.receipt)).found);
		const { receipt } = cookie;
		return {
			...content,
			receipt,
			spelled: spelled(receipt),
			qr: qrPath(receipt),
			address: `${mainOrigin(event)}/lacak`
		};
	} catch (cause) {
		if (!(cause instanceof Invalid)) throw cause;
		deskReceiptCookie.clear(event.cookies);
		return null;
	}
}
