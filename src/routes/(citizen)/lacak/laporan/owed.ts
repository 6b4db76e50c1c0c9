import type { ClockName } from '#lib/cases/vocabulary.ts';

/** Deadlines a reporter waits for. Verification is internal and was never promised as a reply. */
const REPLIES: readonly ClockName[] = ['first_reply', 'response_by_law', 'solution', 'decision_by_law'];
const FIRST: readonly ClockName[] = ['first_reply', 'response_by_law'];

/** What the office owes next: a reply, or after the first reply the end of the matter. */
export interface Owed {
	dueAt: Date;
	what: 'reply' | 'end';
	overdue: boolean;
}

/** The earliest running deadline; null if none runs, for example while the office waits for the reporter. */
export function owedTo(
	clocks: readonly { name: ClockName; state: string; dueAt: Date | null }[],
	at: Date
): Owed | null {
	const running = clocks.filter(({ name, state, dueAt }) => state === 'running' && dueAt && REPLIES.includes(name));
	const [next] = running.toSorted((a, b) => Number(a.dueAt) - Number(b.dueAt));
	if (!next?.dueAt) return null;
	return { dueAt: next.dueAt, what: FIRST.includes(next.name) ? 'reply' : 'end', overdue: next.dueAt < at };
}
