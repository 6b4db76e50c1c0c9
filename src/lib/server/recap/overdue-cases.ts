import { and, count, eq, gt, gte, inArray, isNull, lt, ne, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { medianOf } from '#lib/cases/figures.ts';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { CLOCK_NAMES, type Channel, type ClockName } from '#lib/cases/vocabulary.ts';
import { daysTaken } from '#lib/recap/days-taken.ts';
import { ARRIVALS, type ClockRecord, type LateCase, type ReplyRecord } from '#lib/recap/figures.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { caseMoves, clockOutcomes, lateCauses } from '#lib/server/db/schema/recap.ts';
import { momentsOf, type RecapSpan } from './scope.ts';

export interface Overdue {
	caseId: number;
	/** The office that the report belongs to now, or the office that it counts for. */
	unitId: string;
	reference: string;
	name: ClockName;
	dayUnit: 'working' | 'calendar';
	channel: Channel | null;
}

/** The channel of a report; null for a restricted one, because a line of its own would reveal it. */
export const shownChannel = sql<Channel | null>`case when ${cases.restricted} then null else ${cases.channel} end`;

/** Condition: the case was open at one of these offices at that moment, wherever it is now. */
const openAt = (moment: Date, unitIds: readonly string[]) => {
	const latest = sql`(select ${caseMoves.move} || ' ' || ${caseMoves.unitId} from ${caseMoves}
		where ${caseMoves.caseId} = ${cases.id} and ${caseMoves.at} < ${moment.toISOString()}::timestamptz
		order by ${caseMoves.id} desc limit 1)`;
	return inArray(
		latest,
		ARRIVALS.flatMap((move) => unitIds.map((id) => `${move} ${id}`))
	);
};

/** Condition: a deadline of the office had passed by that moment and was not met by then, whatever happened later. */
const missedAt = (moment: Date | typeof caseMoves.at) => {
	const then = moment instanceof Date ? sql`${moment.toISOString()}::timestamptz` : moment;
	return and(
		ne(clocks.name, 'reporter_turn'),
		lt(clocks.dueAt, then),
		or(isNull(clocks.metAt), gte(clocks.metAt, then))
	);
};

/**
 * The overdue deadlines of a period. A deadline is overdue if it had passed by the period's end and was not met by then. It
 * is also overdue if it had passed when its case was archived in the period. A running period ends now. Later events do not
 * change a past period, except a changed class, which changes the days of `solution` from arrival on. A case's `dueAt` is
 * its earliest deadline, so an index finds the open cases.
 *
 * @param which `counted`: condition for the cases that count, by default all; `office`: the unit that each case counts for,
 * by default its own
 */
export async function overduePromises(
	on: Database | Tx,
	span: RecapSpan,
	which: { counted?: SQL; office?: SQL<string> } = {}
): Promise<Overdue[]> {
	const { from, until: ended } = momentsOf(span);
	const at = now();
	const until = ended < at ? ended : at;
	const unitIds = [...span.unitIds];
	const { counted, office = sql<string>`${cases.unitId}` } = which;
	const about = { caseId: cases.id, reference: cases.reference, unitId: office, channel: shownChannel };
	const columns = { ...about, name: clocks.name, dayUnit: clocks.dayUnit };
	const stillOpen = on
		.select(columns)
		.from(cases)
		.innerJoin(clocks, eq(clocks.caseId, cases.id))
		.where(
			and(
				inArray(cases.unitId, unitIds),
				inArray(cases.status, [...OPEN_STATUSES]),
				lt(cases.dueAt, until),
				missedAt(until),
				openAt(until, unitIds),
				counted
			)
		);
	const keptLater = on
		.select({ ...about, name: clockOutcomes.name, dayUnit: clockOutcomes.dayUnit })
		.from(clockOutcomes)
		.innerJoin(cases, eq(cases.id, clockOutcomes.caseId))
		.where(
			and(
				inArray(clockOutcomes.unitId, unitIds),
				gte(clockOutcomes.at, until),
				lt(clockOutcomes.dueAt, until),
				openAt(until, unitIds),
				counted
			)
		);
	const departed = (...conditions: (SQL | undefined)[]) =>
		on
			.select(columns)
			.from(caseMoves)
			.innerJoin(cases, eq(cases.id, caseMoves.caseId))
			.innerJoin(clocks, eq(clocks.caseId, cases.id))
			.where(and(inArray(caseMoves.unitId, unitIds), ...conditions, counted));
	const leftLater = departed(
		inArray(caseMoves.move, ['archived', 'moved_out']),
		gte(caseMoves.at, until),
		missedAt(until),
		openAt(until, unitIds)
	);
	const givenUp = departed(
		eq(caseMoves.move, 'archived'),
		gte(caseMoves.at, from),
		lt(caseMoves.at, until),
		missedAt(caseMoves.at),
		// A deadline that the archiving itself met has its own outcome.
		or(isNull(clocks.metAt), gt(clocks.metAt, caseMoves.at))
	);
	const all = await unionAll(stillOpen, keptLater, leftLater, givenUp);
	// Two parts can find the same deadline, for example if it was met late and runs again since a dispute.
	return [...new Map(all.map((one) => [`${one.caseId} ${one.name}`, one])).values()];
}

const DAY_UNITS = ['working', 'calendar'] as const;

const keptInPeriod = (span: RecapSpan) => {
	const { from, until } = momentsOf(span);
	return and(
		inArray(clockOutcomes.unitId, [...span.unitIds]),
		gte(clockOutcomes.at, from),
		lt(clockOutcomes.at, until)
	);
};

/**
 * How each kind of deadline was met in a period, which cases missed one, and the first replies by channel of the report. A
 * deadline that was met, disputed and met again counts each time.
 */
export async function promiseFigures(on: Database | Tx, span: RecapSpan) {
	const overdue = await overduePromises(on, span);
	const met = await metDeadlines(on, span);
	// Working days and calendar days have no common median.
	const kinds = CLOCK_NAMES.flatMap((name) => DAY_UNITS.map((dayUnit) => ({ name, dayUnit })));
	const clocks = kinds.flatMap((kind): ClockRecord[] => {
		const isKind = ({ name, dayUnit }: typeof kind) => name === kind.name && dayUnit === kind.dayUnit;
		const [given, missed] = [met.filter(isKind), overdue.filter(isKind)];
		return given.length + missed.length > 0 ? [{ ...kind, ...recordOf(given, missed) }] : [];
	});
	const isReply = ({ name }: { name: ClockName }) => name === 'first_reply';
	const [given, missed] = [met.filter(isReply), overdue.filter(isReply)];
	const replies = new Map<Channel | null, ReplyRecord>();
	for (const channel of new Set([...given, ...missed].map((one) => one.channel))) {
		const isHere = (one: { channel: Channel | null }) => one.channel === channel;
		replies.set(channel, recordOf(given.filter(isHere), missed.filter(isHere)));
	}
	return { clocks, replies, late: await lateCases(on, span, overdue) };
}

type Met = Awaited<ReturnType<typeof metDeadlines>>[number];

function recordOf(met: readonly Met[], missed: readonly Overdue[]): ReplyRecord {
	const sum = (list: readonly Met[]) => list.reduce((total, { n }) => total + n, 0);
	const [n, late] = [sum(met), sum(met.filter((group) => group.late))];
	const medianDays = medianOf(met.map((group) => ({ value: group.days, n: group.n }))) ?? null;
	return { n, onTime: n - late, late, medianDays, overdue: missed.length };
}

/** The deadlines that were met in a period, grouped, with the days that each took. */
async function metDeadlines(on: Database | Tx, span: RecapSpan) {
	const { name, dayUnit, startedOn, endedOn, pausedDays, late } = clockOutcomes;
	// Looked up for first replies only: a join would read all cases.
	const channel = sql<Channel | null>`case when ${name} = 'first_reply' then
		(select ${shownChannel} from ${cases} where ${cases.id} = ${clockOutcomes.caseId}) end`;
	const groups = await on
		.select({ name, dayUnit, startedOn, endedOn, pausedDays, late, channel: channel.as('channel'), n: count() })
		.from(clockOutcomes)
		.where(keptInPeriod(span))
		.groupBy(name, dayUnit, startedOn, endedOn, pausedDays, late, sql`7`);
	const daysOf = daysTaken(await loadCalendar(), groups);
	return groups.map((group) => ({ ...group, days: daysOf(group) }));
}

async function lateCases(on: Database | Tx, span: RecapSpan, overdue: readonly Overdue[]): Promise<LateCase[]> {
	const keptLate = await on
		.select({ caseId: cases.id, reference: cases.reference, name: clockOutcomes.name })
		.from(clockOutcomes)
		.innerJoin(cases, eq(cases.id, clockOutcomes.caseId))
		.where(and(keptInPeriod(span), clockOutcomes.late));
	const missed = Map.groupBy([...keptLate, ...overdue], ({ caseId }) => caseId);
	const ids = [...missed.keys()];
	const causes = ids.length === 0 ? [] : await on.select().from(lateCauses).where(inArray(lateCauses.caseId, ids));
	const causeOf = new Map(causes.map(({ caseId, cause }) => [caseId, cause]));
	return [...missed]
		.map(([caseId, ownRows]) => {
			const names = new Set(ownRows.map(({ name }) => name));
			return {
				caseId,
				reference: ownRows[0]?.reference ?? '',
				clocks: CLOCK_NAMES.filter((name) => names.has(name)),
				cause: causeOf.get(caseId) ?? null
			};
		})
		.sort((a, b) => a.reference.localeCompare(b.reference));
}
