import { randomBytes } from 'node:crypto';
import { receiptFromBytes } from '#lib/text/receipt-format.ts';
import { keyedHash, keyedHex } from '#lib/server/keys.ts';

/** Derives the receipt from a submission id or the token of a link, so that a retry gets the same receipt without storing it. */
export function receiptOf(secret: string): string {
	return receiptFromBytes(keyedHash('receipt', secret).subarray(0, 10));
}

/** A random receipt, for cases whose submission id is known to staff. */
export const randomReceipt = (): string => receiptFromBytes(randomBytes(10));

/** The stored hash of a receipt. */
export const receiptHash = (receipt: string): string => keyedHex('receipt-hash', receipt);

/** The stored hash of a submission id. */
export const submissionHash = (submissionId: string): string => keyedHex('submission-hash', submissionId);
