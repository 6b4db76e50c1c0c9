import { describe, expect, it } from 'vitest';
import { nextPollAt } from './poll-clock.ts';

const at = new Date('2026-12-01T00:00:00Z');
const hoursAgo = (hours: number) => new Date(at.getTime() - hours * 3_600_000);
const minutes = (row: { sentAt: Date; closedAt: Date | null; failed: boolean }, cap?: number, random = 1) => {
	const next = nextPollAt(at, row, cap, () => random);
	return next && Math.round((next.getTime() - at.getTime()) / 60_000);
};
const open = { closedAt: null, failed: false };

describe('the polling clock', () => {
	it.each([
		['sooner while fresh', { ...open, sentAt: hoursAgo(1) }, 15],
		['three hours later on', { ...open, sentAt: hoursAgo(25) }, 180],
		['an hour after an error', { sentAt: hoursAgo(1), closedAt: null, failed: true }, 60],
		['daily once closed', { sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: false }, 1440],
		['no more ten days after', { sentAt: hoursAgo(900), closedAt: hoursAgo(240), failed: false }, undefined]
	])('%s', (_name, row, wanted) => expect(minutes(row)).toBe(wanted));

	it('is capped by LAPOR_POLL_SECONDS in every phase', () => {
		expect(minutes({ ...open, sentAt: hoursAgo(25) }, 60)).toBe(1);
		expect(minutes({ sentAt: hoursAgo(90), closedAt: hoursAgo(3), failed: true }, 60)).toBe(1);
	});

	it('never waits longer than the interval, and at most a tenth shorter', () => {
		expect(minutes({ ...open, sentAt: hoursAgo(25) }, undefined, 0)).toBe(162);
	});
});
