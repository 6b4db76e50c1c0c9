import { printResult } from './chaos/print.ts';
import { runChaos } from './chaos/run.ts';
import { longRun } from './long-run.ts';

const USAGE = `npm run chaos:lapor -- [options]
  --forwards N       how many cases are forwarded (1000)
  --seconds N        the whole run takes no longer (1200)
  --seed N           of the dice (1)
  --kill-seconds N   a kill -9 of one of the two sites on average this often (6)
Needs a build (npm run build). Ends with code 1 where a report was lost or stored twice.`;

await longRun(
	USAGE,
	{ forwards: 1000, seconds: 1200, seed: 1, 'kill-seconds': 6 },
	async ({ 'kill-seconds': killSeconds, ...given }, signal) => {
		const result = await runChaos({ ...given, killSeconds, kills: 1, signal, say: (line) => console.log(line) });
		printResult(result);
		return result.duplicates.length + result.lost.length === 0;
	}
);
