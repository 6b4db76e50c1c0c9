import type { RequestEvent } from '@sveltejs/kit';
import { qrPath } from '#lib/text/qr-path.ts';
import { spelled } from '#lib/text/receipt.ts';
import { acknowledgement } from '../cases/acknowledge.ts';
import { caseByReceipt } from '../cases/track.ts';
import { Invalid } from '../errors.ts';
import { mainOrigin } from './origin.ts';
import { sealedCookie } from './sealed-cookie.ts';

/** How long a receipt made at the desk may be printed, in seconds: a jammed printer, but not the next person's turn. */
export const PRINT_SECONDS = 300;

/** The receipt that waits to be printed for the reporter at the desk. It stands nowhere else. */
export const deskReceiptCookie = sealedCookie<{ receipt: string }>('cetak', PRINT_SECONDS);

/** What is printed; null if nothing waits, or the receipt has been replaced since. */
export async function receiptToPrint(event: RequestEvent) {
	const kept = await deskReceiptCookie.read(event.cookies);
	if (!kept) return null;
	try {
		const told = await acknowledgement(await caseByReceipt(kept.receipt));
		const { receipt } = kept;
		return { ...told, receipt, spelled: spelled(receipt), qr: qrPath(receipt), address: `${mainOrigin(event)}/lacak` };
	} catch (cause) {
		if (!(cause instanceof Invalid)) throw cause;
		deskReceiptCookie.clear(event.cookies);
		return null;
	}
}
