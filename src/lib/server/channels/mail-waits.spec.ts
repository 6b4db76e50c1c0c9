import { expect, it } from 'vitest';
import { nextTry } from './mail-waits.ts';

const MINUTE = 60_000;

it('tries a letter after 1, 5, 15 and 60 minutes, then hourly, and gives up after two days', () => {
	const since = new Date('2026-12-04T00:00:00Z');
	const waits: number[] = [];
	let at = since;
	for (let tries = 1; ; tries++) {
		const next = nextTry(at, { tries, since });
		if (!next) break;
		waits.push((next.getTime() - at.getTime()) / MINUTE);
		at = next;
	}
	expect(waits.slice(0, 6)).toEqual([1, 5, 15, 60, 60, 60]);
	expect(new Set(waits.slice(3))).toEqual(new Set([60]));
	expect(at.getTime() - since.getTime()).toBeLessThanOrEqual(48 * 60 * MINUTE);
	expect(at.getTime() - since.getTime()).toBeGreaterThan(46 * 60 * MINUTE);
});
