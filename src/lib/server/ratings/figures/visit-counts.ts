import { and, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { Responses } from '#lib/visits/response.ts';
import { db } from '#lib/server/db/index.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notOfOwn } from '../own-left-out.ts';
import type { RatingFilter } from './sums.ts';

export const NO_VISITS: Responses = { visits: 0, visitDays: 0, answered: 0 };

/** By unit id, without those served by the actor's own person. */
export const visitsByUnit = (actor: Pick<Actor, 'officerId'>, unitIds: readonly string[], filter: RatingFilter) =>
	countVisits(
		sql<string>`${visits.unitId}`,
		and(inArray(visits.unitId, [...unitIds]), notOfOwn(actor, visits)),
		filter
	);

/** By the first day of the month, of one unit, without those served by the actor's own person. */
export const visitsByMonth = (actor: Actor, unitId: string, filter: RatingFilter) =>
	countVisits(
		sql<LocalDate>`to_char(${visits.day}, 'YYYY-MM-"01"')`,
		and(eq(visits.unitId, unitId), notOfOwn(actor, visits)),
		filter
	);

/** The visits that each of these officers served, by officer id, at whichever unit. */
export async function visitsByOfficer(
	officerIds: readonly string[],
	filter: RatingFilter
): Promise<Record<string, Responses>> {
	const of = await countVisits(sql<string>`${visits.officerId}`, inArray(visits.officerId, [...officerIds]), filter);
	return Object.fromEntries(officerIds.map((id) => [id, of(id)]));
}

/** Counts visits from the visits themselves: by day first, so that the days are known as well. */
async function countVisits(
	key: SQL<string>,
	which: SQL | undefined,
	{ from, to, service }: RatingFilter
): Promise<(key: string) => Responses> {
	const days = db()
		.select({ key: key.as('key'), visits: count().as('on_day'), answered: count(visits.usedOn).as('answered_on_day') })
		.from(visits)
		.where(and(which, between(visits.day, from, to), service === undefined ? undefined : eq(visits.service, service)))
		.groupBy(sql`key`, visits.day)
		.as('days');
	const rows = await db()
		.select({
			key: days.key,
			visits: sql<number>`sum(${days.visits})::int`,
			visitDays: count(),
			answered: sql<number>`sum(${days.answered})::int`
		})
		.from(days)
		.groupBy(days.key);
	const counts = new Map(rows.map(({ key: name, ...counted }) => [name, counted]));
	return (name) => counts.get(name) ?? NO_VISITS;
}
