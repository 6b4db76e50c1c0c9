import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	compare,
	posterior,
	priorFor,
	priorOf,
	UNIFORM,
	type Counts,
	type RatedOfficer,
	type Shares
} from './adjusted-score.ts';

const NONE: Counts = [0, 0, 0, 0, 0];
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

describe('posterior', () => {
	it('equals an example computed by hand', () => {
		// c = 0,0,1,3,6 and a uniform prior of weight 10: the shares are 2,2,3,5,8 of 20.
		// mean = (2 + 4 + 9 + 20 + 40) / 20 = 3.75; second moment = (2 + 8 + 27 + 80 + 200) / 20 = 15.85
		// variance = (15.85 - 14.0625) / 21 = 1.7875 / 21 = 0.0851190476...; 1.96 times its root is 0.5718333090...
		const { n, mean, variance, low, high } = posterior([0, 0, 1, 3, 6], { prior: UNIFORM, weight: 10 });
		expect(n).toBe(10);
		expect(mean).toBeCloseTo(3.75, 12);
		expect(variance).toBeCloseTo(1.7875 / 21, 12);
		expect(low).toBeCloseTo(3.178166690955018, 12);
		expect(high).toBeCloseTo(4.321833309044982, 12);
	});

	it('clamps the interval to the scale', () => {
		const best = posterior([0, 0, 0, 1, 12], { prior: [0, 0, 0, 0, 1] });
		expect(best.mean + 1.96 * Math.sqrt(best.variance)).toBeGreaterThan(5);
		expect(best.high).toBe(5);
		const worst = posterior([12, 1, 0, 0, 0], { prior: [1, 0, 0, 0, 0] });
		expect(worst.low).toBe(1);
	});

	it('stays within the scale, with the mean inside the interval', () => {
		fc.assert(
			fc.property(countsOf, priors, (counts, prior) => {
				const { mean, low, high } = posterior(counts, { prior });
				expect(low).toBeGreaterThanOrEqual(1);
				expect(high).toBeLessThanOrEqual(5);
				expect(low).toBeLessThanOrEqual(mean + 1e-12);
				expect(high).toBeGreaterThanOrEqual(mean - 1e-12);
			})
		);
	});

	it('is never lowered by a 5 and never raised by a 1', () => {
		fc.assert(
			fc.property(countsOf, priors, ([a, b, c, d, e], prior) => {
				const { mean } = posterior([a, b, c, d, e], { prior });
				expect(posterior([a, b, c, d, e + 1], { prior }).mean).toBeGreaterThanOrEqual(mean - 1e-12);
				expect(posterior([a + 1, b, c, d, e], { prior }).mean).toBeLessThanOrEqual(mean + 1e-12);
			})
		);
	});

	it('approaches the plain mean as ratings grow', () => {
		fc.assert(
			fc.property(countsOf, priors, (counts, prior) => {
				const n = counts.reduce((a, b) => a + b);
				fc.pre(n > 0);
				const raw = counts.reduce((sum, c, i) => sum + (i + 1) * c, 0) / n;
				const distance = (times: number) =>
					Math.abs(posterior(counts.map((c) => c * times) as unknown as Counts, { prior }).mean - raw);
				expect(distance(10)).toBeLessThanOrEqual(distance(1) + 1e-12);
				expect(distance(1e6)).toBeLessThan(1e-4);
			})
		);
	});

	it('equals the prior without ratings', () => {
		expect(posterior(NONE, { prior: [0, 0, 0.5, 0.5, 0] }).mean).toBeCloseTo(3.5, 12);
		expect(() => posterior(NONE, { prior: UNIFORM, weight: 0 })).toThrow(RangeError);
		expect(() => posterior([1, 0, 0, 0, 0], { prior: UNIFORM, weight: Number.NaN })).toThrow(RangeError);
	});
});

describe('the prior', () => {
	it('pools all ratings of the unit, including officers with few ratings', () => {
		const few: Counts[] = [[0, 0, 0, 0, 3], [1, 0, 0, 0, 0], NONE];
		expect(priorOf(few)).toEqual([0.25, 0, 0, 0, 0.75]);
	});

	it('is null with fewer than two rated officers', () => {
		expect(priorOf([])).toBeNull();
		expect(priorOf([[0, 0, 0, 0, 50], NONE])).toBeNull();
	});

	it('falls back to the parent, then to uniform', () => {
		const parent: Counts[] = [
			[0, 0, 0, 4, 0],
			[0, 0, 0, 0, 4]
		];
		expect(priorFor([[9, 0, 0, 0, 0]], parent)).toEqual([0, 0, 0, 0.5, 0.5]);
		expect(priorFor([[9, 0, 0, 0, 0]], [[9, 0, 0, 0, 0]])).toEqual([1, 0, 0, 0, 0]);
		expect(priorFor([[9, 0, 0, 0, 0]], [])).toEqual(UNIFORM);
	});
});

describe('compare', () => {
	const officer = (id: string, counts: Counts, verified = 0): RatedOfficer => ({
		id,
		name: `Petugas ${id}`,
		counts,
		verified
	});
	/** Compares with the prior of these officers. */
	const compared = (rows: RatedOfficer[]) =>
		compare(rows, {
			prior: priorFor(
				rows.map((row) => row.counts),
				[]
			)
		});

	it('lists officers below the minimum separately and without a score', () => {
		const rows = [officer('b', [0, 0, 0, 0, 9]), officer('a', [0, 0, 0, 5, 5], 4)];
		const { items, insufficient } = compare(rows, { prior: UNIFORM });
		expect(items.map((item) => item.officer.id)).toEqual(['a']);
		expect(items[0]).toMatchObject({ n: 10, verifiedShare: 0.4, distribution: [0, 0, 0, 5, 5], rank: null });
		expect(insufficient).toEqual([{ officer: { id: 'b', name: 'Petugas b' }, n: 9 }]);
	});

	it('never uses a minimum below five, whatever the setting', () => {
		const rows = [officer('a', [0, 0, 0, 0, 4]), officer('b', [0, 0, 0, 0, 5])];
		const { items, insufficient } = compare(rows, { prior: UNIFORM, minimum: 1 });
		expect(items.map((item) => item.n)).toEqual([5]);
		expect(insufficient.map((row) => row.n)).toEqual([4]);
	});

	it('orders by mean, then by number of ratings, then by id', () => {
		// The prior is 3, so every officer with a plain mean of 3 has exactly 3.
		const ratingList: Record<string, Counts> = {
			c: [0, 0, 10, 0, 0],
			b: [0, 0, 10, 0, 0],
			d: [0, 0, 20, 0, 0],
			a: [0, 0, 9, 1, 0]
		};
		const rows = Object.entries(ratingList).map(([id, counts]) => officer(id, counts));
		const { items } = compare(rows, { prior: [0, 0, 1, 0, 0] });
		expect(items.map((item) => item.officer.id)).toEqual(['a', 'd', 'b', 'c']);
	});

	it('ranks by intervals that do not overlap, and only among five or more officers', () => {
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

	it('officers whose intervals touch share their ranks', () => {
		const rows = ['a', 'b', 'c', 'd', 'e'].map((id) => officer(id, [0, 0, 0, 0, 10]));
		const { items } = compare(rows, { prior: [0, 0, 0, 0, 1] });
		expect(items.map(({ low, high, rank }) => [low, high, rank])).toEqual(rows.map(() => [5, 5, [1, 5]]));
	});

	it('uses the prior of the officer’s own unit', () => {
		const own = { ...officer('a', [0, 0, 0, 0, 10]), prior: [1, 0, 0, 0, 0] as Shares };
		const { items } = compare([own, officer('b', [0, 0, 0, 0, 10])], { prior: [0, 0, 0, 0, 1] });
		expect(items.map((item) => item.mean)).toEqual([5, 3]);
	});

	it('for any staff: lists each officer once, ordered by mean, with ranks that include the position', () => {
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

	it('a 5 for an officer rated before never lowers any mean, although the prior changes', () => {
		fc.assert(
			fc.property(staff, fc.nat(), (officers, which) => {
				const rated = officers.filter(({ counts }) => counts.some((c) => c > 0));
				const chosen = rated[which % Math.max(1, rated.length)];
				fc.pre(chosen !== undefined);
				const means = (rows: RatedOfficer[]) =>
					new Map(compared(rows).items.map(({ officer, mean }) => [officer.id, mean]));
				const before = means(officers);
				const praised = officers.map((row) => {
					const [a, b, c, d, e] = row.counts;
					return row === chosen ? { ...row, counts: [a, b, c, d, e + 1] as Counts } : row;
				});
				for (const [id, mean] of means(praised)) expect(mean).toBeGreaterThanOrEqual((before.get(id) ?? 1) - 1e-12);
			})
		);
	});

	it('the rank range contains exactly the positions that the intervals allow', () => {
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
					// An officer whose interval ends where this one begins may have the same value, and then shares the
					// position.
					const shared = items.filter((other, j) => j !== i && other.high === low).length;
					expect(among(low, 'high') + shared).toBe(to);
				});
			})
		);
	});

	it('the result does not depend on the order of officers and ratings', () => {
		const ratings = fc.array(
			fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), score: fc.integer({ min: 1, max: 5 }) }),
			{ minLength: 60, maxLength: 200 }
		);
		const tally = (ratingList: { id: string; score: number }[]) => {
			const rows = new Map<string, number[]>();
			for (const { id, score } of ratingList) {
				const counts = rows.get(id) ?? [0, 0, 0, 0, 0];
				counts[score - 1] = (counts[score - 1] ?? 0) + 1;
				rows.set(id, counts);
			}
			return [...rows].map(([id, counts]) => officer(id, counts as unknown as Counts));
		};
		fc.assert(
			fc.property(
				ratings.chain((ratingList) =>
					fc.tuple(fc.constant(ratingList), fc.shuffledSubarray(ratingList, { minLength: ratingList.length }))
				),
				([ratingList, shuffled]) => {
					expect(compared(tally(shuffled))).toEqual(compared(tally(ratingList)));
				}
			)
		);
	});
});
