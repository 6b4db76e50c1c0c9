import { and, desc, eq } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { isAnswerFinal } from '#lib/cases/moves.ts';
import { limitRule, loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { ClockRow } from '../clocks/case-clocks.ts';
import type { CaseRow, UnitRow } from '../find.ts';

/*
 * The time limits within which reporters may dispute, object or complete, by the rules of the day the case was opened.
 * Each limit is the end of a day in the unit's zone. `at` is the time at which the reporter speaks or spoke.
 */

type Zoned = Pick<UnitRow, 'timeZone'>;

/**
 * Whether an answer may still be disputed: until the last day of the reporter's turn, and not after the final answer.
 * Reads the stored deadline, because a case keeps its rules and e-mails contain that day.
 */
export async function mayDispute(on: Database | Tx, row: CaseRow, unit: Zoned, at: Date = now()): Promise<boolean> {
	return disputeOpen(row, unit, await turnsOf(on, row), at);
}

/** The reporter's turns of a case, one per answer. */
export const turnsOf = (on: Database | Tx, { id }: Pick<CaseRow, 'id'>): Promise<ClockRow[]> =>
	on
		.select()
		.from(clocks)
		.where(and(eq(clocks.caseId, id), eq(clocks.name, 'reporter_turn')));

/** `mayDispute` for a case whose deadlines the caller has read. */
export const disputeOpen = (row: CaseRow, unit: Zoned, stored: readonly ClockRow[], at: Date = now()): boolean =>
	!isAnswerFinal(row) && turnOpen(row, unit, stored, at);

/**
 * Whether the last day of the reporter's turn after an answer has not passed. The case itself is closed on that day, at
 * the end of office hours.
 */
function turnOpen({ answeredAt }: CaseRow, unit: Zoned, stored: readonly ClockRow[], at: Date = now()): boolean {
	if (!answeredAt) return false;
	const turn = stored.find((clock) => clock.name === 'reporter_turn' && +clock.startAt === +answeredAt);
	return !!turn?.dueAt && localDate(at, unit.timeZone) <= localDate(turn.dueAt, unit.timeZone);
}

/**
 * Whether the reporter may give the answer a score: while the case waits for it, and after the case was closed until the last
 * day of the reporter's turn. A score closes or reopens the case, so an answer of an `answered` case has no score yet.
 */
export function scoreOpen(row: CaseRow, unit: Zoned, stored: readonly ClockRow[]): boolean {
	if (row.transferredTo !== null) return false;
	return (
		row.status === 'answered' || (row.status === 'closed' && row.satisfaction === null && turnOpen(row, unit, stored))
	);
}

/**
 * The last day to object to an archiving, or to complete a report archived as incomplete. Null if it is not archived, or
 * its reporter withdrew it.
 */
export async function objectionEnds(on: Database | Tx, row: CaseRow, unit: Zoned): Promise<LocalDate | null> {
	if (!row.archivedAt) return null;
	const { caseId, type, seq, data } = timeline;
	const newest = await on
		.select({ type, data })
		.from(timeline)
		.where(and(eq(caseId, row.id), eq(type, 'archived')))
		.orderBy(desc(seq))
		.limit(1);
	return objectionEndsBy(newest, row, unit);
}

/** `objectionEnds` for a case whose timeline the caller has read. */
export async function objectionEndsBy(
	entries: readonly Pick<typeof timeline.$inferSelect, 'type' | 'data'>[],
	row: CaseRow,
	unit: Zoned
): Promise<LocalDate | null> {
	const archiving = entries.findLast(({ type }) => type === 'archived')?.data;
	if (!row.archivedAt || archiving?.by_reporter) return null;
	const counted = await countObjectionDays(row, row.archivedAt, unit);
	const told = archiving?.until;
	// The reporter was told this day. A changed calendar may move it later, never earlier.
	return typeof told === 'string' && told > counted ? told : counted;
}

/** The last day to object by the present calendar. The e-mail about the archiving gives the reporter this day. */
export async function countObjectionDays(row: CaseRow, archivedAt: Date, unit: Zoned): Promise<LocalDate> {
	const { days, dayUnit } = await limitRule(isIncomplete(row) ? 'completion' : 'objection', row.openedAt);
	const archivedOn = localDate(archivedAt, unit.timeZone);
	return dayUnit === 'working' ? addWorkingDays(archivedOn, days, await loadCalendar()) : addDays(archivedOn, days);
}

const isIncomplete = ({ archiveReason }: CaseRow) => archiveReason === 'incomplete';

/** Whether a report was archived as incomplete and may still be completed. */
export const mayComplete = async (on: Database | Tx, row: CaseRow, unit: Zoned, at: Date = now()): Promise<boolean> =>
	isIncomplete(row) && (await mayObject(on, row, unit, at));

/** Whether the reporter may still object to an archiving or complete an incomplete report. */
export async function mayObject(on: Database | Tx, row: CaseRow, unit: Zoned, at: Date = now()): Promise<boolean> {
	return isInTime(await objectionEnds(on, row, unit), unit, at);
}

/** Whether the last day of `objectionEnds` has not passed. */
export const isInTime = (lastDay: LocalDate | null, unit: Zoned, at: Date = now()): boolean =>
	lastDay !== null && localDate(at, unit.timeZone) <= lastDay;
