import { describe, expect, it } from 'vitest';
import { limitConcurrency } from './limit-concurrency.ts';

describe('limitConcurrency', () => {
	it('runs at most the given number at once, all in order, and continues after a failure', async () => {
		const enter = limitConcurrency(2);
		let inside = 0;
		let most = 0;
		const order: number[] = [];
		const visit = (i: number) =>
			enter(async () => {
				inside += 1;
				most = Math.max(most, inside);
				order.push(i);
				await new Promise((resolve) => setTimeout(resolve, 2));
				inside -= 1;
				if (i % 3 === 0) throw new Error('left in anger');
				return i;
			});
		const outcomes = await Promise.allSettled(Array.from({ length: 12 }, (_, i) => visit(i)));
		expect(most).toBe(2);
		expect(order).toEqual(Array.from({ length: 12 }, (_, i) => i));
		expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(4);
		expect(inside).toBe(0);
	});
});
