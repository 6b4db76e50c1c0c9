import { and, eq } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { addWorkingDays } from '#lib/calendar/working-calendar.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { now } from '#lib/server/clock.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import type { CaseRow, UnitRow } from '../find.ts';

type Zoned = Pick<UnitRow, 'timeZone'>;

const dayAt = (at: Date, unit: Zoned): LocalDate => localDate(at, unit.timeZone);

/**
 * Whether an answer may still be disputed: until the end of the last day of the reporter's turn. Reads that deadline, because
 * the case keeps the days it was promised and e-mails have named that day.
 *
 * @param at when the reporter speaks, or spoke
 */
export async function disputeOpen(
	on: Database | Tx,
	unit: Zoned,
	{ id, answeredAt }: Pick<CaseRow, 'id' | 'answeredAt'>,
	at: Date = now()
): Promise<boolean> {
	if (!answeredAt) return false;
	const [turn] = await on
		.select({ dueAt: clocks.dueAt })
		.from(clocks)
		.where(and(eq(clocks.caseId, id), eq(clocks.name, 'reporter_turn'), eq(clocks.startAt, answeredAt)));
	return !!turn?.dueAt && dayAt(at, unit) <= localDate(turn.dueAt, unit.timeZone);
}

/** How long a reporter may object to an archiving. */
const OBJECTION_WORKING_DAYS = 10;

/** The last day to object to an archiving, in the unit's zone. */
export async function objectionEnds(on: Database | Tx, unit: Zoned, archivedAt: Date): Promise<LocalDate> {
	return addWorkingDays(localDate(archivedAt, unit.timeZone), OBJECTION_WORKING_DAYS, await loadCalendar(on));
}

/** Whether an archiving may still be objected to. */
export async function objectionOpen(
	on: Database | Tx,
	unit: Zoned,
	archivedAt: Date,
	at: Date = now()
): Promise<boolean> {
	return dayAt(at, unit) <= (await objectionEnds(on, unit, archivedAt));
}

const COMPLETION_DAYS = 60;

/** The last day to complete a report archived as incomplete, in the unit's zone. */
export const completionEnds = (unit: Zoned, archivedAt: Date): LocalDate =>
	addDays(localDate(archivedAt, unit.timeZone), COMPLETION_DAYS);

/** Whether a report archived as incomplete may still be completed (60 days). */
export function completionOpen(
	unit: Zoned,
	row: Pick<CaseRow, 'archivedAt' | 'archiveReason'>,
	at: Date = now()
): boolean {
	if (row.archiveReason !== 'incomplete' || !row.archivedAt) return false;
	return dayAt(at, unit) <= completionEnds(unit, row.archivedAt);
}
