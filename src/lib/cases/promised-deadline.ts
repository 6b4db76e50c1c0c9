import type { CaseStatus, ClockName } from './vocabulary.ts';

/** Deadlines that were promised to the reporter. The verification deadline is internal. */
const PROMISED_CLOCKS: readonly ClockName[] = ['first_reply', 'response_by_law', 'solution', 'decision_by_law'];
export const FIRST_REPLY_CLOCKS: readonly ClockName[] = ['first_reply', 'response_by_law'];

/** The office's next deadline towards the reporter: for the first reply, or after it for the solution (`end`). */
export interface PromisedDeadline {
	dueAt: Date;
	what: 'reply' | 'end';
	overdue: boolean;
}

/**
 * The deadline of the first reply that is promised to the reporter. A complaint has two such deadlines, and the earlier
 * one counts. The legal one is in calendar days, so around long holidays it ends before the one in working days.
 */
export const firstReplyDeadline = <T extends { name: ClockName; dueAt: Date | null }>(clocks: readonly T[]) =>
	clocks
		.flatMap((clock) =>
			clock.dueAt && FIRST_REPLY_CLOCKS.includes(clock.name) ? [{ ...clock, dueAt: clock.dueAt }] : []
		)
		.sort((a, b) => Number(a.dueAt) - Number(b.dueAt))
		.at(0);

/** The earliest running deadline; null if none runs, or while the office waits for the reporter. */
export function nextPromisedDeadline(
	{
		status,
		clocks
	}: {
		status: CaseStatus;
		clocks: readonly { name: ClockName; state: string; dueAt: Date | null }[];
	},
	now: Date
): PromisedDeadline | null {
	if (status === 'needs_info') return null;
	const running = clocks.filter(
		({ name, state, dueAt }) => state === 'running' && dueAt && PROMISED_CLOCKS.includes(name)
	);
	const [next] = running.sort((a, b) => Number(a.dueAt) - Number(b.dueAt));
	if (!next?.dueAt) return null;
	return {
		dueAt: next.dueAt,
		what: FIRST_REPLY_CLOCKS.includes(next.name) ? 'reply' : 'end',
		overdue: next.dueAt < now
	};
}
