import { and, eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { tombstones } from '#lib/server/db/schema/retention.ts';
import type { CaseRow } from './find.ts';

/** The decree by which the content of a case was destroyed; null if it was not. */
export async function decreeOf({ id, destroyedAt }: Pick<CaseRow, 'id' | 'destroyedAt'>) {
	if (!destroyedAt) return null;
	const { part, subjectId, decreeNumber: number, decreeOn: on } = tombstones;
	const [decree] = await db()
		.select({ number, on })
		.from(tombstones)
		.where(and(eq(part, 'text'), eq(subjectId, String(id))));
	return decree ?? null;
}
