import { describe, expect, it } from 'vitest';
import { nextWaitMs } from './backoff.ts';

const WAITS = [60, 300, 900, 3600];
const middle = () => 0.5;

describe('waiting for the next try', () => {
	it.each([
		[1, 60_000],
		[2, 300_000],
		[3, 900_000],
		[4, 3_600_000],
		[5, 3_600_000],
		[40, 3_600_000]
	])('after %i failures: %i ms', (failures, wait) => {
		expect(nextWaitMs(failures, WAITS, middle)).toBe(wait);
	});

	it('spreads a tenth either way', () => {
		expect(nextWaitMs(1, WAITS, () => 0)).toBe(54_000);
		expect(nextWaitMs(1, WAITS, () => 0.999999)).toBe(66_000);
	});

	it('is never shorter than what the service asked for, and never shorter than its own for that', () => {
		expect(nextWaitMs(1, WAITS, () => 0, 120_000)).toBe(120_000);
		expect(nextWaitMs(2, WAITS, middle, 1000)).toBe(300_000);
	});
});
