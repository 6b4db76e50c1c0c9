import { describe, expect, it } from 'vitest';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import { SIMULATION_RESULTS } from './simulation-results.ts';
import { posterior, priorFor, type Counts, type Shares } from './adjusted-score.ts';

/**
 * Tests the method with known true distributions: officers get true distributions, visitors rate by them, and the
 * results are compared with the truth. Seeds are fixed, so each run is the same on every machine.
 */
const RUNS = 400;
const OFFICERS = 12;
const WEIGHT = 10;
/** Skewed like ratings at counters: most visitors are content, few are angry. */
const TYPICAL: Shares = [0.03, 0.03, 0.08, 0.26, 0.6];

type Random = () => number;

function normal(random: Random): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Marsaglia and Tsang; for a shape below 1 with the usual correction. */
function gamma(shape: number, random: Random): number {
	if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape);
	const d = shape - 1 / 3;
	for (;;) {
		const x = normal(random);
		const v = (1 + x / Math.sqrt(9 * d)) ** 3;
		if (v > 0 && Math.log(1 - random()) < 0.5 * x ** 2 + d - d * v + d * Math.log(v)) return d * v;
	}
}

function dirichlet(alpha: readonly number[], random: Random): Shares {
	const parts = alpha.map((shape) => gamma(shape, random));
	const sum = parts.reduce((a, b) => a + b, 0);
	return parts.map((part) => part / sum) as unknown as Shares;
}

function rated(truth: Shares, n: number, random: Random): Counts {
	const counts = [0, 0, 0, 0, 0];
	for (let i = 0; i < n; i++) {
		let remainder = random();
		const score = truth.findIndex((share) => (remainder -= share) < 0);
		const k = score < 0 ? 4 : score;
		counts[k] = (counts[k] ?? 0) + 1;
	}
	return counts as unknown as Counts;
}

const meanOf = (shares: readonly number[]) =>
	shares.reduce((sum, share, k) => sum + share * (k + 1), 0) / shares.reduce((a, b) => a + b, 0);

/** Positions 1 to n by decreasing value. */
function places(values: readonly number[]): number[] {
	return values.map((mine) => 1 + values.filter((other) => other > mine).length);
}

const distance = (a: readonly number[], b: readonly number[]) =>
	a.reduce((sum, place, i) => sum + Math.abs(place - (b[i] ?? 0)), 0) / a.length;

interface Result {
	/** Share of true means inside their 95 % interval. */
	coverage: number;
	/** Mean difference in position between the true order and the order by the shrunk mean, and by the plain mean. */
	shrunk: number;
	raw: number;
}

/** `truthOf` draws one officer's true distribution. */
function simulate(truthOf: (random: Random, officer: number) => Shares): Result {
	let covered = 0;
	let shrunk = 0;
	let raw = 0;
	for (let run = 0; run < RUNS; run++) {
		const random = seeded(7604 + run);
		const truths = Array.from({ length: OFFICERS }, (_, officer) => truthOf(random, officer));
		const counts = truths.map((truth) => rated(truth, Math.round(3 * (500 / 3) ** random()), random));
		const prior = priorFor(counts, []);
		const results = counts.map((each) => posterior(each, { prior, weight: WEIGHT }));
		const means = truths.map(meanOf);
		covered += results.filter(({ low, high }, i) => low <= (means[i] ?? 0) && (means[i] ?? 0) <= high).length;
		shrunk += distance(places(results.map(({ mean }) => mean)), places(means));
		raw += distance(places(counts.map(meanOf)), places(means));
	}
	return { coverage: covered / (RUNS * OFFICERS), shrunk: shrunk / RUNS, raw: raw / RUNS };
}

const spread =
	(weight: number) =>
	(random: Random): Shares =>
		dirichlet(
			TYPICAL.map((share) => share * weight),
			random
		);

/** True means at equal distances from 3.2 to 4.8, each a mixture of "all 5" and a uniform distribution over 1 to 5. */
const evenly = (_random: Random, officer: number): Shares => {
	const targetMean = 3.2 + (1.6 * officer) / (OFFICERS - 1);
	const best = (targetMean - 3) / 2;
	return [0, 1, 2, 3, 4].map((k) => (1 - best) / 5 + (k === 4 ? best : 0)) as unknown as Shares;
};

const line = (name: string, { coverage, shrunk, raw }: Result) =>
	`${name.padEnd(28)} covered ${(100 * coverage).toFixed(1)} %   places off: shrunk ${shrunk.toFixed(2)}, plain ${raw.toFixed(2)}`;

describe('the method with known true means', () => {
	it('covers the true mean as often as stated and orders better than plain means, if officers differ as assumed', () => {
		const result = simulate(spread(WEIGHT));
		const worlds = {
			assumed: result,
			wide: simulate(spread(4)),
			alike: simulate(spread(50)),
			even: simulate(evenly)
		};
		// Printed to renew `SIMULATION_RESULTS`.
		const printed = [
			line('officers as assumed', worlds.assumed),
			line('officers differ more (4)', worlds.wide),
			line('officers are alike (50)', worlds.alike),
			line('means evenly spread', worlds.even)
		];
		console.log(printed.join('\n'));
		// The method page shows these values. Machines may differ in the rounding of logarithms, but not more.
		for (const [name, { coverage, shrunk, raw }] of Object.entries(worlds)) {
			const shown = SIMULATION_RESULTS[name as keyof typeof SIMULATION_RESULTS];
			expect(Math.abs(coverage - shown.covered), name).toBeLessThan(0.002);
			expect(Math.abs(shrunk - shown.shrunk), name).toBeLessThan(0.02);
			expect(Math.abs(raw - shown.plain), name).toBeLessThan(0.02);
		}
		expect(result.coverage).toBeGreaterThanOrEqual(0.93);
		expect(result.coverage).toBeLessThanOrEqual(0.97);
		expect(result.shrunk).toBeLessThan(result.raw);
	});
});
