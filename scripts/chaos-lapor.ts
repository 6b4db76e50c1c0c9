import { parseArgs } from 'node:util';
import { printResult } from './chaos/print.ts';
import { runChaos } from './chaos/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run chaos:lapor -- [options]
  --forwards N       how many cases are forwarded (1000)
  --seconds N        the whole run takes no longer (1200)
  --seed N           of the dice (1)
  --kill-seconds N   a kill -9 of one of the two sites on average this often (6)
Needs a build (npm run build). Ends with code 1 where a report was lost or stored twice.`;

function options() {
	const { values } = parseArgs({
		options: {
			forwards: { type: 'string', default: '1000' },
			seconds: { type: 'string', default: '1200' },
			seed: { type: 'string', default: '1' },
			'kill-seconds': { type: 'string', default: '6' }
		}
	});
	return {
		forwards: wholeNumber(values.forwards, '--forwards'),
		seconds: wholeNumber(values.seconds, '--seconds'),
		seed: wholeNumber(values.seed, '--seed'),
		killSeconds: wholeNumber(values['kill-seconds'], '--kill-seconds')
	};
}

await longRun(USAGE, async (signal) => {
	const result = await runChaos({ ...options(), kills: 1, signal, say: (line) => console.log(line) });
	printResult(result);
	return result.duplicates.length + result.lost.length === 0;
});
