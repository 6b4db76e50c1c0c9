import { and, asc, count, eq, gte, inArray, lt, notExists, sql, type SQL } from 'drizzle-orm';
import { unionAll, type PgColumn } from 'drizzle-orm/pg-core';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
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
import { channelFigures } from './channels.ts';
import { followUpsOf } from './follow-ups.ts';
import { promiseFigures } from './overdue-cases.ts';
import { momentsOf, unitsOf, type RecapSpan } from './scope.ts';

/** The figures about ratings of the offices, the same for every reader. */
async function ratingRecord(unitIds: string[], period: Period): Promise<RatingRecord> {
	const { minimum } = await ratingMethod();
	const whole = addedUp(await unitSummaries({ officerId: null }, unitIds, period), minimum);
	const { n, range, visits, visitDays, answered, voided, held } = whole;
	return { n, range, minimum, visits, visitDays, answered, voided, held };
}

export type UnitsAndRatings = Awaited<ReturnType<typeof readUnitsAndRatings>>;

/** Reads the units and the ratings of a report, outside its transaction. */
export async function readUnitsAndRatings(unit: Unit, scope: RecapScope, period: Period) {
	const units = await unitsOf(unit, scope);
	const ids = units.map(({ id }) => id);
	return { units, ratings: await ratingRecord(ids, period) };
}

/** The present figures of a periodic report. The caller must have checked the actor's right to the unit. */
export async function recapFigures(
	on: Database | Tx,
	unit: Unit,
	scope: RecapScope,
	period: Period,
	{ units, ratings }: UnitsAndRatings
): Promise<RecapFigures> {
	const span: RecapSpan = { unitIds: units.map(({ id }) => id), period, timeZone: unit.timeZone };
	const flow = await flowFigures(on, span);
	const { replies, ...promises } = await promiseFigures(on, span);
	return {
		period,
		units: units.map(({ code }) => code),
		flow,
		received: await subjectFigures(on, span),
		oversight: await oversightFigures(on, span),
		...promises,
		lapor: await laporFigures(on, span),
		ratings,
		suggestions: await carriedOut(on, span),
		followUps: await followUpsOf(on, unit.id, scope, period),
		channels: await channelFigures(on, span, flow, replies)
	};
}

/** Condition for rows with a moment within a period. */
function during(span: RecapSpan, at: PgColumn): SQL | undefined {
	const { from, until } = momentsOf(span);
	return and(gte(at, from), lt(at, until));
}

/** Condition for the moves of one kind that an office's reports made in a period. */
const isMove = (span: RecapSpan, move: 'received' | 'answered') =>
	and(inArray(caseMoves.unitId, [...span.unitIds]), during(span, caseMoves.at), eq(caseMoves.move, move));

/**
 * The first section: reports open at the start, arrivals, departures and reports open at the end, by kind and channel. One
 * statement, so that open cases and moves are of the same moment. An index finds the moves from the period's first day on.
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
 * The received reports by their present category and service. Restricted ones, which only the office above may see, are one
 * number: a category such as integrity would reveal a complaint about the office's own people.
 */
async function subjectFigures(on: Database | Tx, span: RecapSpan): Promise<SubjectCount[]> {
	const sealed = sql<boolean>`(${caseMoves.sealed} or ${cases.restricted})`;
	const unlessRestricted = <T>(column: unknown) => sql<T | null>`case when ${sealed} then null else ${column} end`;
	return on
		.select({
			category: unlessRestricted<Category>(cases.category).as('known_category'),
			service: unlessRestricted<ServiceKind>(cases.service).as('known_service'),
			sealed: sealed.as('is_sealed'),
			n: count()
		})
		.from(caseMoves)
		.innerJoin(cases, eq(cases.id, caseMoves.caseId))
		.where(isMove(span, 'received'))
		.groupBy(sql`1`, sql`2`, sql`3`)
		.orderBy(sql`3`, sql`4 desc`, sql`1`, sql`2`);
}

/**
 * The number of reports of class `oversight` (misuse, breach of discipline, loss) that were received and answered. Without
 * restricted ones, because the class would reveal as much as the category integrity.
 */
async function oversightFigures(on: Database | Tx, span: RecapSpan): Promise<RecapFigures['oversight']> {
	const countMoves = async (move: 'received' | 'answered') => {
		const [row] = await on
			.select({ n: count() })
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.where(
				and(isMove(span, move), eq(cases.class, 'oversight'), eq(cases.restricted, false), eq(caseMoves.sealed, false))
			);
		return row?.n ?? 0;
	};
	return { received: await countMoves('received'), answered: await countMoves('answered') };
}

/** Suggestions that were carried out: answered in the period with an action that was taken (docs/decisions/0014). */
async function carriedOut(on: Database | Tx, span: RecapSpan): Promise<CarriedOut[]> {
	const ofAnswer = and(
		eq(timeline.caseId, caseMoves.caseId),
		eq(timeline.type, 'answered'),
		eq(timeline.at, caseMoves.at),
		sql`${timeline.data} ? 'action'`
	);
	const answers = await on
		.select({
			caseId: cases.id,
			reference: cases.reference,
			action: sql<string>`${timeline.data} ->> 'action'`,
			actionOn: sql<string | null>`${timeline.data} ->> 'action_on'`
		})
		.from(caseMoves)
		.innerJoin(cases, eq(cases.id, caseMoves.caseId))
		.innerJoin(timeline, ofAnswer)
		.where(and(isMove(span, 'answered'), eq(caseMoves.kind, 'suggestion')))
		.orderBy(asc(cases.reference), asc(caseMoves.at));
	// A suggestion that was answered again is listed once, with its last answer.
	return [...new Map(answers.map((answer) => [answer.caseId, answer])).values()];
}

/** Cases that were forwarded to LAPOR in a period, and inbound reports from LAPOR, with their present numbers and states. */
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
	// A report that the office itself recorded at LAPOR, and that LAPOR then passed to the office, is only a recorded one.
	const ownForward = on
		.select({ id: escalations.id })
		.from(escalations)
		.where(and(eq(escalations.caseId, inboundReports.caseId), eq(escalations.laporId, inboundReports.laporId)));
	const inbound = await on
		.select({ caseId: cases.id, reference: cases.reference, laporId: inboundReports.laporId })
		.from(inboundReports)
		.innerJoin(cases, eq(cases.id, inboundReports.caseId))
		.where(
			and(
				inArray(inboundReports.unitId, [...span.unitIds]),
				during(span, inboundReports.enteredAt),
				notExists(ownForward)
			)
		)
		.orderBy(asc(inboundReports.enteredAt), asc(inboundReports.laporId));
	const [unrecorded] = await on
		.select({ n: count() })
		.from(cases)
		.where(and(notAtLapor, ofUnits, eq(cases.restricted, false)));
	return {
		recorded: forwards.filter(({ purpose }) => purpose === 'record').length,
		transferred: forwards.filter(({ purpose }) => purpose === 'transfer').length,
		taken: inbound.length,
		unrecorded: unrecorded?.n ?? 0,
		forwards,
		inbound
	};
}
