import { eq } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import { contentHash } from './content-hash.ts';
import type { Reader } from './db/index.ts';
import { Conflict } from './errors.ts';
import { keyedHex } from './keys.ts';

/** The hashes that are stored with a form, to recognise the same form if it is sent again. */
export interface Submission {
	submissionHash: string;
	contentHash: string;
}

/** The stored hash of a form's id. */
export const submissionHash = (id: string): string => keyedHex('submission-hash', id);

/** @param id names the form among all forms that are stored in its table */
export const submissionOf = (id: string, content: Record<string, unknown>): Submission => ({
	submissionHash: submissionHash(id),
	contentHash: contentHash(content)
});

/** The row that the same form has stored. @throws Conflict `submission-reused` if the form now has other content */
export async function storedBy<T extends PgTable & Record<keyof Submission, PgColumn>>(
	on: Reader,
	table: T,
	submission: Submission
): Promise<T['$inferSelect'] | undefined> {
	const isSame = eq(table.submissionHash, submission.submissionHash);
	const [row] = (await on.select().from<PgTable>(table).where(isSame)) as (T['$inferSelect'] & Submission)[];
	if (row && row.contentHash !== submission.contentHash) throw new Conflict('submission-reused');
	return row;
}
