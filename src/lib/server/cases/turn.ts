import { addDays, localDate, type LocalDate } from '../../calendar/days.ts';
import { addWorkingDays } from '../../calendar/working-calendar.ts';
import { loadCalendar } from '../calendar/load.ts';
import { now } from '../clock.ts';
import type { Database, Tx } from '../db/index.ts';
import type { CaseRow, UnitRow } from './find.ts';

/** How long a reporter may dispute an answer or object to an archiving (product.md, the table of a case's life). */
const REPORTER_TURN_WORKING_DAYS = 10;

/** The last day of a turn that began at `since`, in the unit's zone. */
export async function lastDayOfTurn(
	on: Database | Tx,
	unit: Pick<UnitRow, 'timeZone'>,
	since: Date,
	days = REPORTER_TURN_WORKING_DAYS
): Promise<LocalDate> {
	return addWorkingDays(localDate(since, unit.timeZone), days, await loadCalendar(on));
}

/** Whether today is at most `days` working days after the day of `since`, in the unit's zone. */
export async function withinTurn(
	on: Database | Tx,
	unit: Pick<UnitRow, 'timeZone'>,
	since: Date,
	days = REPORTER_TURN_WORKING_DAYS
): Promise<boolean> {
	return localDate(now(), unit.timeZone) <= (await lastDayOfTurn(on, unit, since, days));
}

const COMPLETION_DAYS = 60;

/** Whether a report archived as incomplete may still be completed (60 days). */
export function completionOpen(row: Pick<CaseRow, 'archivedAt' | 'archiveReason'>): boolean {
	if (row.archiveReason !== 'incomplete' || !row.archivedAt) return false;
	return localDate(now(), 'UTC') <= completionEnds(row.archivedAt);
}

/** The last day on which a report archived as incomplete is completed. */
export const completionEnds = (archivedAt: Date): LocalDate => addDays(localDate(archivedAt, 'UTC'), COMPLETION_DAYS);
