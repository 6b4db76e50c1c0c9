import { expect, test } from 'vitest';
import { pauseBefore } from './event-stream.client.ts';

test('reconnects within one second at first, then with growing pauses of at most 30 seconds', () => {
	expect(pauseBefore(0, 1)).toBeLessThanOrEqual(1000);
	const longest = Array.from({ length: 30 }, (_, tries) => pauseBefore(tries, 1));
	expect(longest).toEqual([...longest].sort((a, b) => a - b));
	expect(longest.at(-1)).toBe(30_000);
});

test('browsers that lost their streams together do not reconnect together', () => {
	const pauses = [0, 0.25, 0.5, 0.75, 1].map((chance) => pauseBefore(3, chance));
	expect(new Set(pauses).size).toBe(5);
	expect(Math.max(...pauses)).toBeGreaterThan(3 * Math.min(...pauses));
});
