import { expect, test } from 'vitest';
import { pauseBefore } from './line.client.ts';

test('the first try comes within the second, later ones ever later, none later than half a minute', () => {
	expect(pauseBefore(0, 1)).toBeLessThanOrEqual(1000);
	const longest = Array.from({ length: 30 }, (_, tries) => pauseBefore(tries, 1));
	expect(longest).toEqual([...longest].sort((a, b) => a - b));
	expect(longest.at(-1)).toBe(30_000);
});

test('browsers that lost their line together do not come back together', () => {
	const pauses = [0, 0.25, 0.5, 0.75, 1].map((chance) => pauseBefore(3, chance));
	expect(new Set(pauses).size).toBe(5);
	expect(Math.max(...pauses)).toBeGreaterThan(3 * Math.min(...pauses));
});
