import { addDays, localDate } from '#lib/calendar/days.ts';

/**
 * State of a report's earliest deadline. `soon`: it is due today or tomorrow, or the day of its warning has come, by the
 * office's local days. `isDueSoon` in server/cases/inbox/filter.ts is the same rule for queries. `paused`: the report
 * is open and its deadlines are paused. `none`: the report is answered, closed or archived.
 */
export type DueState = 'overdue' | 'soon' | 'later' | 'paused' | 'none';

/** The state of a report's earliest deadline. At exactly `dueAt` it is not overdue yet. */
export function dueState(
	{ dueAt, warnAt, open }: { dueAt: Date | null; warnAt: Date | null; open: boolean },
	at: Date,
	zone: string
): DueState {
	if (!dueAt) return open ? 'paused' : 'none';
	if (dueAt < at) return 'overdue';
	const today = localDate(at, zone);
	if (localDate(dueAt, zone) <= addDays(today, 1)) return 'soon';
	return warnAt && localDate(warnAt, zone) <= today ? 'soon' : 'later';
}
