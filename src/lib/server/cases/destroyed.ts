import { and, eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { tombstones } from '#lib/server/db/schema/retention.ts';
import type { CaseRow } from './find.ts';

/** The decree by which what was written in a case is destroyed; null while it is not. */
export async function decreeOf({ id, destroyedAt }: Pick<CaseRow, 'id' | 'destroyedAt'>) {
	if (!destroyedAt) return null;
	const { part, subjectId, decreeNumber: number, decreeOn: on } = tombstones;
	const [decree] = await db()
		.select({ number, on })
		.from(tombstones)
		.where(and(eq(part, 'text'), eq(subjectId, String(id))));
	return decree ?? null;
}
