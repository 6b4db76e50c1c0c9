import { expect, test } from 'vitest';
import { dueState } from './due.ts';

const clock = { warnAt: new Date('2026-11-30T00:00:00Z'), dueAt: new Date('2026-12-01T08:00:00Z') };

test.each([
	['2026-11-29T23:59:59Z', 'later'],
	['2026-11-30T00:00:00Z', 'soon'],
	['2026-12-01T08:00:00Z', 'soon'],
	['2026-12-01T08:00:01Z', 'overdue']
])('at %s the deadline is %s', (at, state) => {
	expect(dueState({ ...clock, open: true }, new Date(at))).toBe(state);
});

test('without a due time an open report is paused and a settled report has no deadline', () => {
	const dueOf = (open: boolean) => dueState({ dueAt: null, warnAt: null, open }, new Date());
	expect(dueOf(true)).toBe('paused');
	expect(dueOf(false)).toBe('none');
});
