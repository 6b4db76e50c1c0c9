import { randomBytes } from 'node:crypto';
import { receiptFromBytes } from '#lib/text/receipt-format.ts';
import { keyedHash, keyedHex } from '#lib/server/keys.ts';

/** Derives the receipt from the submission id, so that a retry gets the same one and it is never stored. */
export function receiptOf(submissionId: string): string {
	return receiptFromBytes(keyedHash('receipt', submissionId).subarray(0, 10));
}

/** A receipt that nobody can compute. */
export const randomReceipt = (): string => receiptFromBytes(randomBytes(10));

/** The hash that is stored of a receipt. */
export const receiptHash = (receipt: string): string => keyedHex('receipt-hash', receipt);

/** The hash that is stored of a submission id. */
export const submissionHash = (submissionId: string): string => keyedHex('submission-hash', submissionId);
