/**
 * How urgent a promise is: red, amber, or neither. `paused`: the time stands still. `none`: the office owes nothing now,
 * for the report is answered, closed or archived.
 */
export type DueState = 'overdue' | 'soon' | 'later' | 'paused' | 'none';

/**
 * How urgent a report's earliest promise is. It is overdue from the very moment, and soon from the clock's own warning on.
 * Without a due time an open report is paused.
 */
export function dueState(
	{ dueAt, warnAt, open }: { dueAt: Date | null; warnAt: Date | null; open: boolean },
	at: Date
): DueState {
	if (!dueAt) return open ? 'paused' : 'none';
	if (dueAt < at) return 'overdue';
	return warnAt && warnAt <= at ? 'soon' : 'later';
}
