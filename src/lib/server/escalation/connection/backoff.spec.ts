import { describe, expect, it } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { retryAt } from './backoff.ts';

const AT = new Date('2026-12-01T00:00:00Z');
const WAITS = [60, 300, 900, 3600];
const waitMs = (failures: number, retryAfterMs: number, random: () => number) =>
	withClock(
		() => AT,
		() => retryAt(failures, retryAfterMs, random, WAITS).getTime() - AT.getTime()
	);
const middle = () => 0.5;

describe('the wait before the next attempt', () => {
	it.each([
		[1, 60_000],
		[2, 300_000],
		[3, 900_000],
		[4, 3_600_000],
		[5, 3_600_000],
		[40, 3_600_000]
	])('after %i failures: %i ms', (failures, wait) => {
		expect(waitMs(failures, 0, middle)).toBe(wait);
	});

	it('varies by up to a tenth in both directions', () => {
		expect(waitMs(1, 0, () => 0)).toBe(54_000);
		expect(waitMs(1, 0, () => 0.999999)).toBe(66_000);
	});

	it('is the longer of the configured wait and the wait that the service asked for', () => {
		expect(waitMs(1, 120_000, () => 0)).toBe(120_000);
		expect(waitMs(2, 1000, middle)).toBe(300_000);
	});
});
