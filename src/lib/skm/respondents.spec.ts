import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAST_GROUP, mergeSmallGroups, type GroupCount } from './respondents.ts';

const counts = (...list: [string | null, number][]): GroupCount[] => list.map(([value, n]) => ({ value, n }));

describe('mergeSmallGroups', () => {
	test('keeps large groups in their order and adds up small ones', () => {
		expect(mergeSmallGroups(counts(['a', 12], ['b', 3], ['c', 9], ['d', 4]))).toEqual({
			groups: counts(['a', 12], ['c', 9]),
			others: 7
		});
	});

	test('merges a single small group with the smallest large one, so that it cannot be computed', () => {
		expect(mergeSmallGroups(counts(['a', 12], ['b', 2], ['c', 9]))).toEqual({ groups: counts(['a', 12]), others: 11 });
	});

	test('shows the number without an answer separately, whatever its size', () => {
		expect(mergeSmallGroups(counts(['a', 12], ['b', 9], [null, 3]))).toEqual({
			groups: counts(['a', 12], ['b', 9], [null, 3]),
			others: 0
		});
		expect(mergeSmallGroups(counts(['a', 12], ['b', 2], ['c', 9], [null, 30]))).toEqual({
			groups: counts(['a', 12], [null, 30]),
			others: 11
		});
	});

	test('shows no group if all are small', () => {
		expect(mergeSmallGroups(counts(['a', 3], ['b', 1]))).toEqual({ groups: [], others: 4 });
		expect(mergeSmallGroups([])).toEqual({ groups: [], others: 0 });
	});

	test('for any answers: the total is unchanged and no shown group is below the minimum', () => {
		const group = fc.record({ value: fc.option(fc.string({ maxLength: 3 })), n: fc.nat({ max: 30 }) });
		fc.assert(
			fc.property(fc.array(group, { maxLength: 9 }), (list) => {
				const { groups, others } = mergeSmallGroups(list);
				const total = list.reduce((sum, { n }) => sum + n, 0);
				expect(groups.reduce((sum, { n }) => sum + n, others)).toBe(total);
				const withAnswer = groups.filter(({ value }) => value !== null);
				for (const { n } of withAnswer) expect(n).toBeGreaterThanOrEqual(LEAST_GROUP);
				if (withAnswer.length > 0 && others > 0) expect(others).toBeGreaterThanOrEqual(LEAST_GROUP);
			})
		);
	});
});
