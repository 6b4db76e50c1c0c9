/**
 * State of a report's earliest deadline. `soon`: its warning time has passed. `paused`: the report is open and its
 * deadlines are paused. `none`: the report is answered, closed or archived.
 */
export type DueState = 'overdue' | 'soon' | 'later' | 'paused' | 'none';

/** The state of a report's earliest deadline. At exactly `dueAt` it is not overdue yet. */
export function dueState(
	{ dueAt, warnAt, open }: { dueAt: Date | null; warnAt: Date | null; open: boolean },
	at: Date
): DueState {
	if (!dueAt) return open ? 'paused' : 'none';
	if (dueAt < at) return 'overdue';
	return warnAt && warnAt <= at ? 'soon' : 'later';
}
