import { eq } from 'drizzle-orm';
import { receiptFromBytes } from '#lib/text/receipt.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { Conflict } from '#lib/server/errors.ts';
import { keyedHash, keyedHex } from '#lib/server/keys.ts';

/** Result for the sender of a case: public number, secret receipt and promised reply time. */
export interface Opened {
	reference: string;
	/** null only if the desk repeats a submission: its receipt was printed once and is not shown again. */
	receipt: string | null;
	/** Due time of the first reply; null only if no rule promises one. */
	dueAt: Date | null;
	/** True if the same submission had been stored before and this is the same answer again. */
	repeated: boolean;
}

/** Derives the receipt from the submission id, so that a retry gets the same one and it is never stored. */
export function receiptOf(submissionId: string): string {
	return receiptFromBytes(keyedHash('receipt', submissionId).subarray(0, 10));
}

/** The hash that is stored of a receipt. */
export function receiptHash(receipt: string): string {
	return keyedHex('receipt-hash', receipt);
}

/** The hash that is stored of a submission id. */
export function submissionHash(submissionId: string): string {
	return keyedHex('submission-hash', submissionId);
}

/**
 * The answer to a submission that is stored already; undefined if it is new.
 *
 * @throws Conflict `submission-reused` if the same id came with other content: nothing of the first is told
 */
export async function repeatedSubmission(
	idHash: string,
	content: string,
	receipt: string | null
): Promise<Opened | undefined> {
	const [stored] = await db()
		.select({ reference: cases.reference, contentHash: cases.contentHash, promisedAt: cases.promisedAt })
		.from(cases)
		.where(eq(cases.submissionHash, idHash));
	if (!stored) return undefined;
	if (stored.contentHash !== content) throw new Conflict('submission-reused');
	return { reference: stored.reference, receipt, dueAt: stored.promisedAt, repeated: true };
}
