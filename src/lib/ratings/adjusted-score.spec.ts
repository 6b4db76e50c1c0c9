import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsOf, priors } from '#lib/dev/testing/figures/score-counts.ts';
import { posterior, priorFor, priorOf, UNIFORM, type Counts } from './adjusted-score.ts';

const NONE: Counts = [0, 0, 0, 0, 0];

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
