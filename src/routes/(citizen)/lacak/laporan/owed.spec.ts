import { expect, test } from 'vitest';
import { owedTo } from './owed.ts';

const day = (date: string) => new Date(`${date}T08:00:00Z`);
const at = day('2026-12-01');
const clock = (name: 'verification' | 'first_reply' | 'solution', date: string, state = 'running') => ({
	name,
	state,
	dueAt: day(date)
});

test('the first reply is owed, not the office’s own verification', () => {
	const clocks = [
		clock('verification', '2026-12-02'),
		clock('solution', '2026-12-18'),
		clock('first_reply', '2026-12-04')
	];
	expect(owedTo(clocks, at)).toEqual({ dueAt: day('2026-12-04'), what: 'reply', overdue: false });
});

test('once there was a reply, the end of the matter is owed', () => {
	const clocks = [clock('first_reply', '2026-12-04', 'met'), clock('solution', '2026-12-18')];
	expect(owedTo(clocks, at)).toMatchObject({ what: 'end', dueAt: day('2026-12-18') });
});

test('a passed deadline is overdue, and without a running deadline nothing is due', () => {
	expect(owedTo([clock('first_reply', '2026-11-30')], at)).toMatchObject({ overdue: true });
	expect(owedTo([clock('first_reply', '2026-11-30', 'paused')], at)).toBeNull();
});
