import { and, desc, eq, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';

/**
 * Who removed the category `integrity` from a report, or split it off from such a report. Undefined if neither happened.
 * The form promises that a report about integrity is not forwarded to LAPOR. So this person alone can't have it forwarded.
 */
export async function leftIntegrityBy(on: Database | Tx, caseId: number): Promise<{ by: string | null } | undefined> {
	const [last] = await on
		.select({ by: timeline.actorId })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), sql`${timeline.data} ->> 'was_integrity' = 'true'`))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return last;
}
