import { parseArgs } from 'node:util';
import { benchRatings } from './bench/ratings/run.ts';
import type { Comparison } from './bench/ratings/side-by-side.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run bench:ratings -- [options]
  --ratings N        how many lie in the large database (5000000); the small one has 50000
Needs a build (npm run build) and up to 6 GB for a while. Ends with code 1 where anything takes too much longer.`;

const FEW = 50_000;
const LONGEST_MS = 15 * 60 * 1000;

function options(): number {
	const { values } = parseArgs({ options: { ratings: { type: 'string', default: '5000000' } } });
	return wholeNumber(values.ratings, '--ratings', FEW);
}

function print(found: readonly Comparison[]): void {
	for (const { name, small, large, ratio, limit } of found) {
		const over = ratio > limit ? `  over ${limit.toFixed(1)}` : '';
		console.log(
			`${name.padEnd(30)} ${small.toFixed(1).padStart(8)} ms ${large.toFixed(1).padStart(8)} ms  ratio ${ratio.toFixed(2)}${over}`
		);
	}
}

await longRun(USAGE, async (ended) => {
	const signal = AbortSignal.any([ended, AbortSignal.timeout(LONGEST_MS)]);
	const found = await benchRatings({ sizes: [FEW, options()], signal, say: (line) => console.log(line) });
	print(found);
	return found.every(({ ratio, limit }) => ratio <= limit);
});
