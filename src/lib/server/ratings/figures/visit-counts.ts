import { and, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { Responses } from '#lib/visits/response.ts';
import { db } from '#lib/server/db/index.ts';
import { visitDaily } from '#lib/server/db/schema/visit-sums.ts';
import { visits } from '#lib/server/db/schema/visits.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { ALL_SERVICES } from './rollup.ts';
import type { RatingFilter } from './sums.ts';

export const NO_VISITS: Responses = { visits: 0, visitDays: 0, answered: 0 };

/** By unit id; those served by the actor's own person are not there (`notOfOwn`). */
export const visitsByUnit = (actor: Pick<Actor, 'officerId'>, unitIds: readonly string[], filter: RatingFilter) =>
	countVisits(actor, unitIds, filter, sql<string>`${visitDaily.unitId}`);

/** By the first day of the month, of one unit; those served by the actor's own person are not there. */
export const visitsByMonth = (actor: Actor, unitId: string, filter: RatingFilter) =>
	countVisits(actor, [unitId], filter, sql<LocalDate>`to_char(${visitDaily.day}, 'YYYY-MM-"01"')`);

async function countVisits(
	actor: Pick<Actor, 'officerId'>,
	unitIds: readonly string[],
	{ from, to, service }: RatingFilter,
	key: SQL<string>
): Promise<(key: string) => Responses> {
	const within = (table: { unitId: PgColumn; day: PgColumn }) =>
		and(inArray(table.unitId, [...unitIds]), between(table.day, from, to));
	const own = db()
		.select({
			unitId: visits.unitId,
			day: visits.day,
			visits: count().as('own_visits'),
			answered: count(visits.usedOn).as('own_answered')
		})
		.from(visits)
		.where(
			actor.officerId === null
				? sql`false`
				: and(eq(visits.officerId, actor.officerId), within(visits), ofService(service))
		)
		.groupBy(visits.unitId, visits.day)
		.as('own');
	const left = sql`${visitDaily.visits} - coalesce(${own.visits}, 0)`;
	const rows = await db()
		.select({
			key: key.as('key'),
			visits: sql<number>`sum(${left})::int`,
			visitDays: sql<number>`(count(*) filter (where ${left} > 0))::int`,
			answered: sql<number>`sum(${visitDaily.answered} - coalesce(${own.answered}, 0))::int`
		})
		.from(visitDaily)
		.leftJoin(own, and(eq(own.unitId, visitDaily.unitId), eq(own.day, visitDaily.day)))
		.where(and(within(visitDaily), eq(visitDaily.service, service ?? ALL_SERVICES)))
		.groupBy(sql`key`);
	const counts = new Map(rows.map(({ key: name, ...counted }) => [name, counted]));
	return (name) => counts.get(name) ?? NO_VISITS;
}

const ofService = (service: string | undefined) => (service === undefined ? undefined : eq(visits.service, service));
