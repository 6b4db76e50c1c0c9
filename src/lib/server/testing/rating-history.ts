import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { instantAt, type LocalDate } from '../../calendar/days.ts';
import { ratingInput } from '../../ratings/schema.ts';
import { withClock } from '../clock.ts';
import { db, rowsOf } from '../db/index.ts';
import { submitRating, type RatingContext } from '../ratings/submit.ts';

/** A rating as a form or the API sends it. */
export function ratingOf(unit: { code: string }, changes: Record<string, unknown> = {}) {
	return ratingInput.parse({ unit: unit.code, score: 5, submission_id: randomUUID(), ...changes });
}

/** Gives a rating on a day in the past, at ten in the morning. */
export async function rateOn(
	unit: { code: string; timeZone: string },
	day: LocalDate,
	changes: Record<string, unknown> = {},
	context: Partial<RatingContext> = {}
) {
	return withClock(
		() => instantAt(day, '10:00', unit.timeZone),
		() => submitRating(ratingOf(unit, changes), { source: 'web', ...context })
	);
}

/** The daily counts as they stand, and as they would be if they were counted anew from the ratings. */
export async function dailyCounts() {
	const columns = sql`unit_id, officer_id, service, day`;
	const of = (score: number) => sql`(count(*) filter (where score = ${sql.raw(String(score))}))::int`;
	const kept = await rowsOf(
		db(),
		sql`select ${columns}, c1::int, c2::int, c3::int, c4::int, c5::int, verified::int from rating_daily
			order by unit_id, officer_id, service, day`
	);
	const anew = await rowsOf(
		db(),
		sql`select ${columns}, ${of(1)} as c1, ${of(2)} as c2, ${of(3)} as c3, ${of(4)} as c4, ${of(5)} as c5,
			(count(*) filter (where verified))::int as verified
			from ratings where state = 'counted' group by ${columns} order by unit_id, officer_id, service, day`
	);
	return { kept, anew };
}
