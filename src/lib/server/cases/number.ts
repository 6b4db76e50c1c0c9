import { sql } from 'drizzle-orm';
import { yearOf, localDate } from '#lib/calendar/days.ts';
import { formatReference } from '#lib/text/reference.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { caseNumbers } from '#lib/server/db/schema/cases.ts';
import type { UnitRow } from './find.ts';

/**
 * Takes the next number of a unit and year, `SPATULA-7604-26-000123`. The counter's row stays locked until the caller
 * commits, and a rollback returns the number, so the register has no gaps.
 */
export async function nextReference(tx: Tx, unit: UnitRow, openedAt: Date): Promise<string> {
	const year = yearOf(localDate(openedAt, unit.timeZone));
	const [counter] = await tx
		.insert(caseNumbers)
		.values({ unitId: unit.id, year, last: 1 })
		.onConflictDoUpdate({
			target: [caseNumbers.unitId, caseNumbers.year],
			set: { last: sql`${caseNumbers.last} + 1` }
		})
		.returning({ last: caseNumbers.last });
	return formatReference({ unit: unit.code, year, number: counter?.last ?? 1 });
}
