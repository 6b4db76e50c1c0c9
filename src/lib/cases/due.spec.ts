import { expect, test } from 'vitest';
import { dueState } from './due.ts';

const ZONE = 'Asia/Makassar';
const clock = { warnAt: new Date('2026-11-27T00:00:00Z'), dueAt: new Date('2026-12-01T08:00:00Z') };

test.each([
	['2026-11-26T15:59:59Z', 'later'],
	// 27 November begins in Makassar, eight hours before the warning is sent.
	['2026-11-26T16:00:00Z', 'soon'],
	['2026-12-01T08:00:00Z', 'soon'],
	['2026-12-01T08:00:01Z', 'overdue']
])('at %s the deadline is %s', (at, state) => {
	expect(dueState({ ...clock, open: true }, new Date(at), ZONE)).toBe(state);
});

test.each([
	['2026-11-29T15:59:59Z', 'later'],
	['2026-11-29T16:00:00Z', 'soon']
])('at %s a deadline of 1 December that warns on its last day is %s', (at, state) => {
	const short = { ...clock, warnAt: new Date('2026-12-01T00:00:00Z'), open: true };
	expect(dueState(short, new Date(at), ZONE)).toBe(state);
});

test('without a due time an open report is paused and a settled report has no deadline', () => {
	const dueOf = (open: boolean) => dueState({ dueAt: null, warnAt: null, open }, new Date(), ZONE);
	expect(dueOf(true)).toBe('paused');
	expect(dueOf(false)).toBe('none');
});
