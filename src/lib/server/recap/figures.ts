import { and, asc, count, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm';
import { unionAll, type PgColumn } from 'drizzle-orm/pg-core';
import { OPEN_STATUSES } from '#lib/cases/status.ts';
import type { Category, ServiceKind } from '#lib/cases/vocabulary.ts';
import type { Period } from '#lib/ratings/period.ts';
import {
	flowOf,
	type CarriedOut,
	type FlowCell,
	type FlowCount,
	type RatingRecord,
	type RecapFigures,
	type RecapScope,
	type SubjectCount
} from '#lib/recap/figures.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { notAtLapor } from '#lib/server/escalation/unrecorded.ts';
import type { Unit } from '#lib/server/people/units/find-unit.ts';
import { ratingMethod } from '#lib/server/ratings/figures/method.ts';
import { addedUp, unitSummaries } from '#lib/server/ratings/figures/summary.ts';
import { followUpsOf } from './follow-ups.ts';
import { promiseFigures } from './promises.ts';
import { momentsOf, unitsOf, type RecapSpan } from './scope.ts';

/** Ratings of the offices, the same for every reader. */
async function ratingRecord(unitIds: string[], period: Period): Promise<RatingRecord> {
	const { minimum } = await ratingMethod();
	const whole = addedUp(await unitSummaries({ officerId: null }, unitIds, period), minimum);
	const { n, range, visits, visitDays, answered, voided, held } = whole;
	return { n, range, minimum, visits, visitDays, answered, voided, held };
}

export type Beside = Awaited<ReturnType<typeof figuresBeside>>;

/** Units and ratings of a report, which are read outside its transaction. */
export async function figuresBeside(unit: Unit, scope: RecapScope, period: Period) {
	const units = await unitsOf(unit, scope);
	const ids = units.map(({ id }) => id);
	return { units, ratings: await ratingRecord(ids, period) };
}

/** The figures of a periodic report of a unit, as they are now. The caller checks the actor's right to the unit. */
export async function recapFigures(
	on: Database | Tx,
	unit: Unit,
	scope: RecapScope,
	period: Period,
	{ units, ratings }: Beside
): Promise<RecapFigures> {
	const span: RecapSpan = { unitIds: units.map(({ id }) => id), period, timeZone: unit.timeZone };
	return {
		period,
		units: units.map(({ code }) => code),
		flow: await flowFigures(on, span),
		received: await subjectFigures(on, span),
		oversight: await oversightFigures(on, span),
		...(await promiseFigures(on, span)),
		lapor: await laporFigures(on, span),
		ratings,
		suggestions: await carriedOut(on, span),
		followUps: await followUpsOf(on, unit.id, scope, period)
	};
}

/** Condition for rows with a moment within a period. */
function during(span: RecapSpan, at: PgColumn): SQL | undefined {
	const { from, until } = momentsOf(span);
	return and(gte(at, from), lt(at, until));
}

/** Condition for the moves of one kind that an office's reports made in a period. */
const moved = (span: RecapSpan, move: 'received' | 'answered') =>
	and(inArray(caseMoves.unitId, [...span.unitIds]), during(span, caseMoves.at), eq(caseMoves.move, move));

/**
 * Opening, what came, what left, and what is open, by kind and channel. One statement, so that open cases and their moves are of
 * one moment. An index finds the moves from the period's first day on.
 */
async function flowFigures(on: Database | Tx, span: RecapSpan): Promise<FlowCell[]> {
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
	const moves = on
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
	return flowOf(await unionAll(open, moves));
}

/**
 * What the received reports are about, by category and service as they stand now. Those that only the office above may see are one
 * number, because a category such as integrity would tell an office of a complaint about its own people.
 */
async function subjectFigures(on: Database | Tx, span: RecapSpan): Promise<SubjectCount[]> {
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
		.where(moved(span, 'received'))
		.groupBy(sql`1`, sql`2`, sql`3`)
		.orderBy(sql`3`, sql`4 desc`, sql`1`, sql`2`);
}

/** How many reports with signs of misuse, breach of discipline or loss were received and answered. */
async function oversightFigures(on: Database | Tx, span: RecapSpan): Promise<RecapFigures['oversight']> {
	const counted = async (move: 'received' | 'answered') => {
		const [row] = await on
			.select({ n: count() })
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.where(and(moved(span, move), eq(cases.class, 'oversight')));
		return row?.n ?? 0;
	};
	return { received: await counted('received'), answered: await counted('answered') };
}

/** Suggestions answered in a period by what was done, in the words of the answer (docs/decisions/0014). */
async function carriedOut(on: Database | Tx, span: RecapSpan): Promise<CarriedOut[]> {
	const ofAnswer = and(
		eq(timeline.caseId, caseMoves.caseId),
		eq(timeline.type, 'answered'),
		eq(timeline.at, caseMoves.at),
		sql`${timeline.data} ? 'action'`
	);
	return on
		.select({
			caseId: cases.id,
			reference: cases.reference,
			action: sql<string>`${timeline.data} ->> 'action'`,
			actionOn: sql<string | null>`${timeline.data} ->> 'action_on'`
		})
		.from(caseMoves)
		.innerJoin(cases, eq(cases.id, caseMoves.caseId))
		.innerJoin(timeline, ofAnswer)
		.where(and(moved(span, 'answered'), eq(caseMoves.kind, 'suggestion')))
		.orderBy(asc(cases.reference));
}

/** What was forwarded to LAPOR in a period and what came from there, with the numbers and states as they stand now. */
async function laporFigures(on: Database | Tx, span: RecapSpan): Promise<RecapFigures['lapor']> {
	const ofUnits = inArray(cases.unitId, [...span.unitIds]);
	const forwards = await on
		.select({
			caseId: cases.id,
			reference: cases.reference,
			purpose: escalations.purpose,
			state: escalations.state,
			laporId: escalations.laporId,
			laporStatus: escalations.laporStatus
		})
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.where(and(during(span, escalations.sentAt), ofUnits))
		.orderBy(asc(escalations.sentAt), asc(escalations.reference));
	const inbound = await on
		.select({ caseId: cases.id, reference: cases.reference, laporId: inboundReports.laporId })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(and(inArray(inboundReports.unitId, [...span.unitIds]), during(span, inboundReports.enteredAt)))
		.orderBy(asc(inboundReports.enteredAt), asc(inboundReports.laporId));
	const [unrecorded] = await on.select({ n: count() }).from(cases).where(and(notAtLapor, ofUnits));
	return {
		recorded: forwards.filter(({ purpose }) => purpose === 'record').length,
		transferred: forwards.filter(({ purpose }) => purpose === 'transfer').length,
		taken: inbound.length,
		unrecorded: unrecorded?.n ?? 0,
		forwards,
		inbound
	};
}
