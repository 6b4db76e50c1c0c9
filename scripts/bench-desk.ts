import { parseArgs } from 'node:util';
import { StartError } from '#lib/server/errors.ts';
import { benchDesk, type DeskFindings } from './bench/desk/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run bench:desk -- [options]
  --cases N        how many lie in the large database (1000000); the small one has 10000
Needs up to 5 GB for a while. Ends with code 1 where a list takes over twice as long, a search over
four times, a board over a hundred times, or a list reads a whole table.`;

const FEW = 10_000;
/** Numbers of reports have six digits. */
const MOST = 1_000_000;
const LONGEST_MS = 25 * 60 * 1000;

function options(): number {
	const { values } = parseArgs({ options: { cases: { type: 'string', default: String(MOST) } } });
	const many = wholeNumber(values.cases, '--cases', FEW);
	if (many > MOST) throw new StartError(`--cases wants no more than ${MOST}`);
	return many;
}

function print({ compared, wholeReads }: DeskFindings): void {
	for (const { name, small, large, ratio, limit } of compared) {
		const over = ratio > limit ? `  over ${limit.toFixed(1)}` : '';
		console.log(
			`${name.padEnd(34)} ${small.toFixed(1).padStart(8)} ms ${large.toFixed(1).padStart(8)} ms  ratio ${ratio.toFixed(2)}${over}`
		);
	}
	for (const line of wholeReads) console.log(`reads a whole table: ${line}`);
	if (wholeReads.length === 0) console.log('no statement reads a whole table');
}

await longRun(USAGE, async (ended) => {
	const signal = AbortSignal.any([ended, AbortSignal.timeout(LONGEST_MS)]);
	const found = await benchDesk({ sizes: [FEW, options()], signal, say: (line) => console.log(line) });
	print(found);
	return found.wholeReads.length === 0 && found.compared.every(({ ratio, limit }) => ratio <= limit);
});
