import { and, count, eq, gte, inArray, lt, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import type { Category, ServiceKind } from '#lib/cases/vocabulary.ts';
import { flowOf, type FlowCell, type FlowCount, type RecapFigures, type SubjectCount } from '#lib/recap/figures.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './moment.ts';

/**
 * Opening, what came, what left, and what is open, by kind and channel. One statement, so that what is open now and what
 * moved since are of one moment; moves are read by index from the period's first day on, never before it.
 */
export async function flowFigures(on: Database | Tx, span: RecapSpan): Promise<FlowCell[]> {
	const { from, until } = momentsOf(span);
	const open = on
		.select({
			kind: cases.kind,
			channel: cases.channel,
			sealed: sql<boolean>`${cases.restricted}`.as('sealed'),
			what: sql<FlowCount['what']>`'open_now'`.as('what'),
			within: sql<boolean>`false`.as('within'),
			n: count().as('n')
		})
		.from(cases)
		.where(and(inArray(cases.unitId, [...span.unitIds]), inArray(cases.status, [...OPEN_STATUSES])))
		.groupBy(cases.kind, cases.channel, cases.restricted);
	const within = sql<boolean>`${caseMoves.at} < ${until.toISOString()}::timestamptz`;
	const moved = on
		.select({
			kind: caseMoves.kind,
			channel: caseMoves.channel,
			sealed: caseMoves.sealed,
			what: sql<FlowCount['what']>`${caseMoves.move}`.as('what'),
			within: within.as('within'),
			n: count().as('n')
		})
		.from(caseMoves)
		.where(and(inArray(caseMoves.unitId, [...span.unitIds]), gte(caseMoves.at, from)))
		.groupBy(caseMoves.kind, caseMoves.channel, caseMoves.sealed, caseMoves.move, sql`5`);
	return flowOf(await unionAll(open, moved));
}

/** The moves of one sort that an office's reports made in a period. */
export const movesWithin = (span: RecapSpan, move: 'received' | 'answered') => {
	const { from, until } = momentsOf(span);
	return and(
		inArray(caseMoves.unitId, [...span.unitIds]),
		gte(caseMoves.at, from),
		lt(caseMoves.at, until),
		eq(caseMoves.move, move)
	);
};

/**
 * What the received ones are about, by category and service as they stand now. Those that only the office above may see
 * are one number: a category such as integrity would tell an office of a complaint about its own people.
 */
export async function subjectFigures(on: Database | Tx, span: RecapSpan): Promise<SubjectCount[]> {
	const sealed = sql<boolean>`(${caseMoves.sealed} or ${cases.restricted})`;
	const known = <T>(column: unknown) => sql<T | null>`case when ${sealed} then null else ${column} end`;
	return on
		.select({
			category: known<Category>(cases.category).as('known_category'),
			service: known<ServiceKind>(cases.service).as('known_service'),
			sealed: sealed.as('is_sealed'),
			n: count()
		})
		.from(caseMoves)
		.innerJoin(cases, eq(cases.id, caseMoves.caseId))
		.where(movesWithin(span, 'received'))
		.groupBy(sql`1`, sql`2`, sql`3`)
		.orderBy(sql`3`, sql`4 desc`, sql`1`, sql`2`);
}

/** How many reports with signs of misuse, breach of discipline or loss came and were answered: numbers and nothing else. */
export async function oversightFigures(on: Database | Tx, span: RecapSpan): Promise<RecapFigures['oversight']> {
	const counted = async (move: 'received' | 'answered') => {
		const [row] = await on
			.select({ n: count() })
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.where(and(movesWithin(span, move), eq(cases.class, 'oversight')));
		return row?.n ?? 0;
	};
	return { received: await counted('received'), answered: await counted('answered') };
}
