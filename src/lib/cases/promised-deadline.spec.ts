import { expect, test } from 'vitest';
import { nextPromisedDeadline } from './promised-deadline.ts';

const day = (date: string) => new Date(`${date}T08:00:00Z`);
const now = day('2026-12-01');
const clock = (name: 'verification' | 'first_reply' | 'solution', date: string, state = 'running') => ({
	name,
	state,
	dueAt: day(date)
});

test('the office owes the first reply; its internal verification deadline does not count', () => {
	const clocks = [
		clock('verification', '2026-12-02'),
		clock('solution', '2026-12-18'),
		clock('first_reply', '2026-12-04')
	];
	expect(nextPromisedDeadline({ status: 'in_progress', clocks }, now)).toEqual({
		dueAt: day('2026-12-04'),
		what: 'reply',
		overdue: false
	});
});

test('after the first reply, the office owes the solution', () => {
	const clocks = [clock('first_reply', '2026-12-04', 'met'), clock('solution', '2026-12-18')];
	expect(nextPromisedDeadline({ status: 'in_progress', clocks }, now)).toMatchObject({
		what: 'end',
		dueAt: day('2026-12-18')
	});
});

test('a passed deadline is overdue; without a running deadline, or during a question, the result is null', () => {
	expect(
		nextPromisedDeadline({ status: 'in_progress', clocks: [clock('first_reply', '2026-11-30')] }, now)
	).toMatchObject({
		overdue: true
	});
	expect(
		nextPromisedDeadline({ status: 'in_progress', clocks: [clock('first_reply', '2026-11-30', 'paused')] }, now)
	).toBeNull();
	expect(nextPromisedDeadline({ status: 'needs_info', clocks: [clock('first_reply', '2026-12-04')] }, now)).toBeNull();
});
