import { and, between, eq, inArray, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { localDate } from '#lib/calendar/days.ts';
import { piecesOf, type Piece } from '#lib/ratings/pieces.ts';
import type { Responses } from '#lib/visits/response.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { visitOfficerDaily, visitOfficerMonthly } from '#lib/server/db/schema/visit-sums.ts';
import { ALL_SERVICES } from './rollup.ts';
import { EASTMOST, type RatingFilter } from './sums.ts';
import { NO_VISITS } from './visit-counts.ts';

/**
 * The visits that each of these officers served, wherever that was, by officer id: months and the days at the ends, as
 * ratings are summed.
 */
export async function visitsByOfficer(
	officerIds: readonly string[],
	filter: RatingFilter
): Promise<Record<string, Responses>> {
	if (officerIds.length === 0) return {};
	const [first, second, ...rest] = piecesOf(filter, localDate(now(), EASTMOST)).map((piece) =>
		visitsOfPiece(piece, officerIds, filter.service)
	);
	if (!first) throw new RangeError('a period without days has no visits');
	const pieces = (second ? unionAll(first, second, ...rest) : first).as('pieces');
	const rows = await db()
		.select({
			id: pieces.officerId,
			visits: sql<number>`sum(${pieces.visits})::int`,
			visitDays: sql<number>`sum(${pieces.visitDays})::int`,
			answered: sql<number>`sum(${pieces.answered})::int`
		})
		.from(pieces)
		.groupBy(pieces.officerId);
	const found = new Map(rows.map(({ id, ...visits }) => [id, visits]));
	return Object.fromEntries(officerIds.map((id) => [id, found.get(id) ?? NO_VISITS]));
}

function visitsOfPiece({ of, from, to, sign }: Piece, officerIds: readonly string[], service: string | undefined) {
	const table = of === 'months' ? visitOfficerMonthly : visitOfficerDaily;
	const days = of === 'months' ? sql`${visitOfficerMonthly.visitDays}` : sql`(${visitOfficerDaily.visits} > 0)::int`;
	const signed = sql.raw(String(sign));
	return db()
		.select({
			officerId: table.officerId,
			visits: sql<number>`${table.visits} * ${signed}`.as('visits'),
			visitDays: sql<number>`${days} * ${signed}`.as('visit_days'),
			answered: sql<number>`${table.answered} * ${signed}`.as('answered')
		})
		.from(table)
		.where(
			and(
				inArray(table.officerId, [...officerIds]),
				eq(table.service, service ?? ALL_SERVICES),
				between(table.day, from, to)
			)
		);
}
