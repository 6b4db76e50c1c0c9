import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsOf, priors } from '#lib/dev/testing/figures/score-counts.ts';
import { priorFor, UNIFORM, type Counts, type Shares } from './adjusted-score.ts';
import { rankOfficers, type RatedOfficer } from './rank-officers.ts';

const staff: fc.Arbitrary<RatedOfficer[]> = fc.uniqueArray(
	fc.record({
		id: fc.string({ minLength: 1, maxLength: 3 }),
		name: fc.string(),
		counts: countsOf,
		verified: fc.constant(0)
	}),
	{ selector: (officer) => officer.id, maxLength: 12 }
);

describe('rankOfficers', () => {
	const officer = (id: string, counts: Counts, verified = 0): RatedOfficer => ({
		id,
		name: `Petugas ${id}`,
		counts,
		verified
	});
	/** Compares with the prior of these officers. */
	const compared = (rows: RatedOfficer[]) =>
		rankOfficers(rows, {
			prior: priorFor(
				rows.map((row) => row.counts),
				[]
			)
		});

	it('lists officers below the minimum separately and without a score', () => {
		const rows = [officer('b', [0, 0, 0, 0, 9]), officer('a', [0, 0, 0, 5, 5], 4)];
		const { items, insufficient } = rankOfficers(rows, { prior: UNIFORM });
		expect(items.map((item) => item.officer.id)).toEqual(['a']);
		expect(items[0]).toMatchObject({ n: 10, verifiedShare: 0.4, distribution: [0, 0, 0, 5, 5], rank: null });
		expect(insufficient).toEqual([{ officer: { id: 'b', name: 'Petugas b' }, n: 9 }]);
	});

	it('never uses a minimum below five, whatever the setting', () => {
		const rows = [officer('a', [0, 0, 0, 0, 4]), officer('b', [0, 0, 0, 0, 5])];
		const { items, insufficient } = rankOfficers(rows, { prior: UNIFORM, minimum: 1 });
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
		const { items } = rankOfficers(rows, { prior: [0, 0, 1, 0, 0] });
		expect(items.map((item) => item.officer.id)).toEqual(['a', 'd', 'b', 'c']);
	});

	it('ranks by intervals that do not overlap, and only among five or more officers', () => {
		const rows = [
			officer('a', [0, 0, 0, 0, 400]),
			officer('b', [0, 0, 0, 200, 200]),
			officer('c', [0, 0, 0, 100, 100]),
			officer('d', [0, 0, 400, 0, 0])
		];
		expect(rankOfficers(rows, { prior: UNIFORM }).items.map((item) => item.rank)).toEqual([null, null, null, null]);
		const five = rankOfficers([...rows, officer('e', [400, 0, 0, 0, 0])], { prior: UNIFORM });
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
		const { items } = rankOfficers(rows, { prior: [0, 0, 0, 0, 1] });
		expect(items.map(({ low, high, rank }) => [low, high, rank])).toEqual(rows.map(() => [5, 5, [1, 5]]));
	});

	it('uses the prior of the officer’s own unit', () => {
		const own = { ...officer('a', [0, 0, 0, 0, 10]), prior: [1, 0, 0, 0, 0] as Shares };
		const { items } = rankOfficers([own, officer('b', [0, 0, 0, 0, 10])], { prior: [0, 0, 0, 0, 1] });
		expect(items.map((item) => item.mean)).toEqual([5, 3]);
	});

	it('for any staff: lists each officer once, ordered by mean, with ranks that include the position', () => {
		fc.assert(
			fc.property(staff, priors, (officers, prior) => {
				const { items, insufficient } = rankOfficers(officers, { prior });
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
				const { items } = rankOfficers(officers, { prior });
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
