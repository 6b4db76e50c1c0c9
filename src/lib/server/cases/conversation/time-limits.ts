import { and, eq } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { DISPUTES_BEFORE_FINAL } from '#lib/cases/moves.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { ClockRow } from '../clocks/case-clocks.ts';
import type { CaseRow, UnitRow } from '../find.ts';

/*
 * Until when reporters may dispute, object or complete. Each limit is the end of a day in the unit's zone. `at` is the
 * time at which the reporter speaks or spoke.
 */

type Zoned = Pick<UnitRow, 'timeZone'>;

/**
 * Whether an answer may still be disputed: until the last day of the reporter's turn, and not after the final answer.
 * Reads the stored deadline, because a case keeps its rules and e-mails contain that day.
 */
export async function mayDispute(on: Database | Tx, row: CaseRow, unit: Zoned, at: Date = now()): Promise<boolean> {
	const turns = and(eq(clocks.caseId, row.id), eq(clocks.name, 'reporter_turn'));
	return disputeOpen(row, unit, await on.select().from(clocks).where(turns), at);
}

/** `mayDispute` for a case whose deadlines the caller has read. */
export const disputeOpen = (row: CaseRow, unit: Zoned, stored: readonly ClockRow[], at: Date = now()): boolean =>
	row.disputes < DISPUTES_BEFORE_FINAL && turnOpen(row, unit, stored, at);

/** Whether the last day of the reporter's turn after an answer is not over. The case is closed in the afternoon of it. */
export function turnOpen({ answeredAt }: CaseRow, unit: Zoned, stored: readonly ClockRow[], at: Date = now()): boolean {
	if (!answeredAt) return false;
	const turn = stored.find((clock) => clock.name === 'reporter_turn' && +clock.startAt === +answeredAt);
	return !!turn?.dueAt && localDate(at, unit.timeZone) <= localDate(turn.dueAt, unit.timeZone);
}

const OBJECTION_WORKING_DAYS = 10;
const COMPLETION_DAYS = 60;

/** The last day to complete a report archived as incomplete. */
export const completionEnds = (unit: Zoned, archivedAt: Date): LocalDate =>
	addDays(localDate(archivedAt, unit.timeZone), COMPLETION_DAYS);

/** Whether a report archived as incomplete may still be completed. */
export function completionOpen(unit: Zoned, row: CaseRow, at: Date = now()): boolean {
	if (row.archiveReason !== 'incomplete' || !row.archivedAt) return false;
	return localDate(at, unit.timeZone) <= completionEnds(unit, row.archivedAt);
}

/** The last day to object to an archiving, or to complete a report archived as incomplete. Null if it is not archived. */
export async function objectionEnds({ archivedAt, archiveReason }: CaseRow, unit: Zoned): Promise<LocalDate | null> {
	if (!archivedAt) return null;
	if (archiveReason === 'incomplete') return completionEnds(unit, archivedAt);
	return addWorkingDays(localDate(archivedAt, unit.timeZone), OBJECTION_WORKING_DAYS, await loadCalendar());
}

/** Whether the reporter may still object to an archiving or complete an incomplete report. */
export async function mayObject(row: CaseRow, unit: Zoned, at: Date = now()): Promise<boolean> {
	const lastDay = await objectionEnds(row, unit);
	return lastDay !== null && localDate(at, unit.timeZone) <= lastDay;
}
