/** How urgent a promise is: red, amber, or neither. */
export type DueState = 'overdue' | 'soon' | 'later' | 'none';

/** Overdue from the very moment, soon from the clock's own warning on; `none` where nothing is owed or time stands still. */
export function dueState(clock: { dueAt: Date | null; warnAt: Date | null }, at: Date): DueState {
	if (!clock.dueAt) return 'none';
	if (clock.dueAt < at) return 'overdue';
	return clock.warnAt && clock.warnAt <= at ? 'soon' : 'later';
}
