import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEAST_GROUP, tellApart, type GroupCount } from './respondents.ts';

const counts = (...list: [string | null, number][]): GroupCount[] => list.map(([value, n]) => ({ value, n }));

describe('groups of respondents', () => {
	test('large groups stay in their order, small ones are added up', () => {
		expect(tellApart(counts(['a', 12], ['b', 3], ['c', 9], ['d', 4]))).toEqual({
			groups: counts(['a', 12], ['c', 9]),
			others: 7
		});
	});

	test('a single small group takes the smallest large one with it, else it would be the whole less the rest', () => {
		expect(tellApart(counts(['a', 12], ['b', 2], ['c', 9]))).toEqual({ groups: counts(['a', 12]), others: 11 });
	});

	test('those who said nothing stand by themselves, few or many, and hide nobody', () => {
		expect(tellApart(counts(['a', 12], ['b', 9], [null, 3]))).toEqual({
			groups: counts(['a', 12], ['b', 9], [null, 3]),
			others: 0
		});
		expect(tellApart(counts(['a', 12], ['b', 2], ['c', 9], [null, 30]))).toEqual({
			groups: counts(['a', 12], [null, 30]),
			others: 11
		});
	});

	test('where all are few nothing is told apart', () => {
		expect(tellApart(counts(['a', 3], ['b', 1]))).toEqual({ groups: [], others: 4 });
		expect(tellApart([])).toEqual({ groups: [], others: 0 });
	});

	test('for any answers, nobody is lost and no number about people is below the minimum', () => {
		const group = fc.record({ value: fc.option(fc.string({ maxLength: 3 })), n: fc.nat({ max: 30 }) });
		fc.assert(
			fc.property(fc.array(group, { maxLength: 9 }), (list) => {
				const { groups, others } = tellApart(list);
				const total = list.reduce((sum, { n }) => sum + n, 0);
				expect(groups.reduce((sum, { n }) => sum + n, others)).toBe(total);
				const telling = groups.filter(({ value }) => value !== null);
				for (const { n } of telling) expect(n).toBeGreaterThanOrEqual(LEAST_GROUP);
				if (telling.length > 0 && others > 0) expect(others).toBeGreaterThanOrEqual(LEAST_GROUP);
			})
		);
	});
});
