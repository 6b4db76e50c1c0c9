import { and, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { monthEnd, monthStart, type Period } from '#lib/ratings/period.ts';
import { withoutFewVisits, type Responses } from '#lib/visits/response-rate.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { exceptReader, type FiguresReader } from '../access.ts';
import type { RatingFilter } from './sums.ts';

/** Subquery of the visit counts by unit id, also of few visits, without visits served by the reader. */
export const visitsByUnit = (reader: FiguresReader, unitIds: readonly string[], filter: RatingFilter) =>
	visitSums(sql`${visits.unitId}`, and(inArray(visits.unitId, [...unitIds]), exceptReader(reader, visits)), filter);

/** Visit counts of one unit by the first day of the month, without visits served by the reader. */
export const visitsByMonth = (reader: FiguresReader, unitId: string, filter: RatingFilter) =>
	countVisits(
		sql`to_char(${visits.day}, 'YYYY-MM-"01"')`,
		and(eq(visits.unitId, unitId), exceptReader(reader, visits)),
		filter
	);

/** Visit counts at any unit, by the officer who served them. */
export const visitsOfOfficers = (officerIds: readonly string[], filter: RatingFilter) =>
	countVisits(sql`${visits.officerId}`, inArray(visits.officerId, [...officerIds]), filter);

/** `visitsOfOfficers` as a record. */
export async function visitsByOfficer(
	ids: readonly string[],
	filter: RatingFilter
): Promise<Record<string, Responses>> {
	const of = await visitsOfOfficers(ids, filter);
	return Object.fromEntries(ids.map((id) => [id, of(id)]));
}

/** Reads `visitSums`. @returns the counts of a key, zero if they are too few for a response rate */
async function countVisits(...about: Parameters<typeof visitSums>): Promise<(key: string) => Responses> {
	const sums = visitSums(...about);
	const rows = await db().select().from(sums);
	const counts = new Map(rows.map(({ key: name, ...counted }) => [name, withoutFewVisits(counted)]));
	return (name) => counts.get(name) ?? { visits: 0, visitDays: 0, answered: 0 };
}

/**
 * The whole months of a period that are over. The counts of two periods that differ by one day, or of a month that still
 * runs, would show whether the visitors of that day rated. The easternmost zone decides, so that a month that is over at any
 * office is over here, also in a report filed early on the next day. In its two hours before, other offices are closed.
 */
function wholeMonths({ from, to }: Period): Period {
	const yesterday = addDays(localDate(now(), 'Asia/Jayapura'), -1);
	const last = to < yesterday ? to : yesterday;
	return {
		from: from === monthStart(from) ? from : addDays(monthEnd(from), 1),
		to: last === monthEnd(last) ? last : addDays(monthStart(last), -1)
	};
}

/** Subquery that counts visits by day first, which also gives the number of days with visits. */
function visitSums(key: SQL, which: SQL | undefined, { service, ...period }: RatingFilter) {
	const { from, to } = wholeMonths(period);
	const days = db()
		.select({
			key: key.mapWith(String).as('key'),
			visits: count().as('on_day'),
			answered: count(visits.usedOn).as('answered_on_day')
		})
		.from(visits)
		.where(
			and(
				which,
				notInTrial(visits.unitId),
				between(visits.day, from, to),
				service === undefined ? undefined : eq(visits.service, service)
			)
		)
		.groupBy(sql`key`, visits.day)
		.as('days');
	return db()
		.select({
			key: days.key,
			visits: sql<number>`sum(${days.visits})::int`.as('visits'),
			visitDays: sql<number>`count(*)::int`.as('visit_days'),
			answered: sql<number>`sum(${days.answered})::int`.as('answered')
		})
		.from(days)
		.groupBy(days.key)
		.as('visit_sums');
}
