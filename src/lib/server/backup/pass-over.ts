import { sql } from 'drizzle-orm';
import { PASSED_OVER, type PassedOver } from '#lib/server/cases/passed-over.ts';
import { now } from '#lib/server/clock.ts';
import { rowsOf, type Tx } from '#lib/server/db/index.ts';
import { letterNumbers } from '#lib/server/db/schema/answers.ts';
import { caseNumbers } from '#lib/server/db/schema/cases.ts';
import { recapNumbers } from '#lib/server/db/schema/recap.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { units } from '#lib/server/db/schema/units.ts';

/**
 * Passes over numbers that the lost site may have given out between the backup and now: of reports, letters and filed
 * periodic reports, of each office, also one that had no number yet, in the years of that time and in no other.
 */
export async function passOverNumbers(tx: Tx, since: Date, ahead: number): Promise<void> {
	if (ahead === 0) return;
	const yearAt = (at: Date) =>
		sql`extract(year from ${at.toISOString()}::timestamptz at time zone ${units.timeZone})::int`;
	const pass = (numbers: typeof caseNumbers | typeof letterNumbers | typeof recapNumbers) =>
		rowsOf<{ unitId: string; year: number; last: number }>(
			tx,
			sql`insert into ${numbers} (unit_id, year, last)
				select ${units.id}, lost.year, ${ahead}::int
				from ${units}, generate_series(${yearAt(since)}, ${yearAt(now())}) as lost (year)
				on conflict (unit_id, year) do update set last = ${numbers.last} + excluded.last
				returning unit_id as "unitId", year, last`
		);
	await pass(letterNumbers);
	await pass(recapNumbers);
	const gaps = (await pass(caseNumbers)).map(({ unitId, year, last }): PassedOver => ({
		unitId,
		year,
		from: last - ahead + 1,
		to: last
	}));
	await tx
		.insert(settings)
		.values({ key: PASSED_OVER, value: gaps })
		.onConflictDoUpdate({ target: settings.key, set: { value: sql`${settings.value} || excluded.value` } });
}
