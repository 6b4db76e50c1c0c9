import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, priorFor, UNIFORM, type Counts, type RatedOfficer, type Shares } from './statistics.ts';

const count = fc.nat(200);
const countsOf: fc.Arbitrary<Counts> = fc.tuple(count, count, count, count, count);
const priors: fc.Arbitrary<Shares> = countsOf
	.filter((counts) => counts.some((c) => c > 0))
	.map((counts) => {
		const n = counts.reduce((a, b) => a + b);
		return counts.map((c) => c / n) as unknown as Shares;
	});
const staff: fc.Arbitrary<RatedOfficer[]> = fc.uniqueArray(
	fc.record({
		id: fc.string({ minLength: 1, maxLength: 3 }),
		name: fc.string(),
		counts: countsOf,
		verified: fc.constant(0)
	}),
	{ selector: (officer) => officer.id, maxLength: 12 }
);

describe('the comparison', () => {
	const officer = (id: string, counts: Counts, verified = 0): RatedOfficer => ({
		id,
		name: `Petugas ${id}`,
		counts,
		verified
	});

	it('lists officers below the minimum apart and without a score', () => {
		const { items, insufficient } = compare([officer('b', [0, 0, 0, 0, 9]), officer('a', [0, 0, 0, 5, 5], 4)], {
			prior: UNIFORM
		});
		expect(items.map((item) => item.officer.id)).toEqual(['a']);
		expect(items[0]).toMatchObject({ n: 10, verifiedShare: 0.4, distribution: [0, 0, 0, 5, 5], rank: null });
		expect(insufficient).toEqual([{ officer: { id: 'b', name: 'Petugas b' }, n: 9 }]);
	});

	it('never goes below five ratings, whatever the setting says', () => {
		const { items, insufficient } = compare([officer('a', [0, 0, 0, 0, 4]), officer('b', [0, 0, 0, 0, 5])], {
			prior: UNIFORM,
			minimum: 1
		});
		expect(items.map((item) => item.n)).toEqual([5]);
		expect(insufficient.map((row) => row.n)).toEqual([4]);
	});

	it('orders by mean, then by number, then by id', () => {
		// With a prior around 3 every officer whose plain mean is 3 has exactly 3.
		const prior: Shares = [0, 0, 1, 0, 0];
		const { items } = compare(
			[
				officer('c', [0, 0, 10, 0, 0]),
				officer('b', [0, 0, 10, 0, 0]),
				officer('d', [0, 0, 20, 0, 0]),
				officer('a', [0, 0, 9, 1, 0])
			],
			{ prior }
		);
		expect(items.map((item) => item.officer.id)).toEqual(['a', 'd', 'b', 'c']);
	});

	it('ranks by intervals that do not touch, and only among five or more', () => {
		const rows = [
			officer('a', [0, 0, 0, 0, 400]),
			officer('b', [0, 0, 0, 200, 200]),
			officer('c', [0, 0, 0, 100, 100]),
			officer('d', [0, 0, 400, 0, 0])
		];
		expect(compare(rows, { prior: UNIFORM }).items.map((item) => item.rank)).toEqual([null, null, null, null]);
		const five = compare([...rows, officer('e', [400, 0, 0, 0, 0])], { prior: UNIFORM });
		expect(five.items.map((item) => item.officer.id)).toEqual(['a', 'b', 'c', 'd', 'e']);
		expect(five.items.map((item) => item.rank)).toEqual([
			[1, 1],
			[2, 3],
			[2, 3],
			[4, 4],
			[5, 5]
		]);
	});

	it('lets those whose intervals only touch share their places', () => {
		const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => officer(id, [0, 0, 0, 0, 10]));
		const { items } = compare(rows, { prior: [0, 0, 0, 0, 1] });
		expect(items.map(({ low, high, rank }) => [low, high, rank])).toEqual(rows.map(() => [5, 5, [1, 5]]));
	});

	it('measures an officer against the prior of the own unit', () => {
		const own = { ...officer('a', [0, 0, 0, 0, 10]), prior: [1, 0, 0, 0, 0] as Shares };
		const { items } = compare([own, officer('b', [0, 0, 0, 0, 10])], { prior: [0, 0, 0, 0, 1] });
		expect(items.map((item) => item.mean)).toEqual([5, 3]);
	});

	it('holds together for any staff: everybody once, order by mean, ranks within the list and around the place held', () => {
		fc.assert(
			fc.property(staff, priors, (officers, prior) => {
				const { items, insufficient } = compare(officers, { prior });
				const ids = [...items, ...insufficient].map((row) => row.officer.id);
				expect(ids.sort()).toEqual(officers.map((o) => o.id).sort());
				items.forEach((item, i) => {
					const next = items[i + 1];
					if (next) expect(item.mean).toBeGreaterThanOrEqual(next.mean);
					if (items.length < 5) return expect(item.rank).toBeNull();
					const [from, to] = item.rank ?? [0, 0];
					expect(from).toBeGreaterThanOrEqual(1);
					expect(from).toBeLessThanOrEqual(i + 1);
					expect(to).toBeGreaterThanOrEqual(i + 1);
					expect(to).toBeLessThanOrEqual(items.length);
				});
			})
		);
	});

	it('never lowers anybody by a 5 to somebody who was rated before, though the prior moves with it', () => {
		fc.assert(
			fc.property(staff, fc.nat(), (officers, which) => {
				const rated = officers.filter(({ counts }) => counts.some((c) => c > 0));
				const chosen = rated[which % Math.max(1, rated.length)];
				fc.pre(chosen !== undefined);
				const compared = (rows: RatedOfficer[]) => {
					const prior = priorFor(
						rows.map((row) => row.counts),
						[]
					);
					return new Map(compare(rows, { prior }).items.map(({ officer, mean }) => [officer.id, mean]));
				};
				const before = compared(officers);
				const praised = officers.map((row) => {
					const [a, b, c, d, e] = row.counts;
					return row === chosen ? { ...row, counts: [a, b, c, d, e + 1] as Counts } : row;
				});
				for (const [id, mean] of compared(praised)) expect(mean).toBeGreaterThanOrEqual((before.get(id) ?? 1) - 1e-12);
			})
		);
	});

	it('ranks so that every place the intervals admit lies in the range, and both its ends are admitted', () => {
		const where = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
		fc.assert(
			fc.property(staff, priors, where, (officers, prior, at) => {
				const { items } = compare(officers, { prior });
				fc.pre(items.length >= 5);
				const placeIn = (truths: readonly number[], i: number) =>
					1 + truths.filter((truth) => truth > (truths[i] ?? 0)).length;
				const somewhere = items.map(({ low, high }, i) => low + (at[i] ?? 0) * (high - low));
				items.forEach(({ rank, low, high }, i) => {
					const [from, to] = rank ?? [0, 0];
					const among = (truth: number, others: 'low' | 'high') =>
						placeIn(
							items.map((other, j) => (i === j ? truth : other[others])),
							i
						);
					expect(placeIn(somewhere, i)).toBeGreaterThanOrEqual(from);
					expect(placeIn(somewhere, i)).toBeLessThanOrEqual(to);
					expect(among(high, 'low')).toBe(from);
					// Whoever ends where this one begins may stand beside it: a place shared is no place lost.
					const shared = items.filter((other, j) => j !== i && other.high === low).length;
					expect(among(low, 'high') + shared).toBe(to);
				});
			})
		);
	});

	it('gives the same whatever the order in which officers and single ratings come', () => {
		const ratings = fc.array(
			fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), score: fc.integer({ min: 1, max: 5 }) }),
			{
				minLength: 60,
				maxLength: 200
			}
		);
		const tally = (given: { id: string; score: number }[]) => {
			const rows = new Map<string, number[]>();
			for (const { id, score } of given) {
				const counts = rows.get(id) ?? [0, 0, 0, 0, 0];
				counts[score - 1] = (counts[score - 1] ?? 0) + 1;
				rows.set(id, counts);
			}
			return [...rows].map(([id, counts]) => officer(id, counts as unknown as Counts));
		};
		const compared = (given: { id: string; score: number }[]) => {
			const rows = tally(given);
			return compare(rows, {
				prior: priorFor(
					rows.map((row) => row.counts),
					[]
				)
			});
		};
		fc.assert(
			fc.property(
				ratings.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
				([given, shuffled]) => {
					expect(compared(shuffled)).toEqual(compared(given));
				}
			)
		);
	});
});
