import { parseArgs } from 'node:util';
import { runBodies } from './chaos-bodies/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run chaos:bodies -- [options]
  --bodies N     random bodies and queries, spread over all forms, calls and pages (10000)
  --seed N       the same seed sends the same (11)
  --heap N       megabytes of heap that the site may use (256)
  --most N       milliseconds that an answer may take, measured again where the machine was busy (500)
  --seconds N    the whole run takes no longer (3600)
  --loud         shows what the site logs
Needs a build (npm run build). Ends with code 1 where an answer is a 5xx, is missing or takes too long.`;

await longRun(USAGE, async (signal) => {
	const { values } = parseArgs({
		options: {
			bodies: { type: 'string', default: '10000' },
			seed: { type: 'string', default: '11' },
			heap: { type: 'string', default: '256' },
			most: { type: 'string', default: '500' },
			seconds: { type: 'string', default: '3600' },
			loud: { type: 'boolean', default: false }
		}
	});
	const result = await runBodies({
		bodies: wholeNumber(values.bodies, '--bodies'),
		seed: wholeNumber(values.seed, '--seed'),
		heapMb: wholeNumber(values.heap, '--heap', 63),
		mostMs: wholeNumber(values.most, '--most'),
		seconds: wholeNumber(values.seconds, '--seconds'),
		loud: values.loud,
		signal
	});
	const line = (name: string, value: string) => console.log(`${name.padEnd(20)} ${value}`);
	line('attacked', `${result.forms} forms, ${result.calls} calls, ${result.pages} pages`);
	line('sent', String(result.sent));
	const statuses = [...result.byStatus].sort(([one], [other]) => one - other);
	line('answers', statuses.map(([status, count]) => `${status}: ${count}`).join(', '));
	line('slowest', `${result.slowestMs.toFixed(0)} ms`);
	for (const failure of result.failures) line('failed', failure);
	for (const slow of result.slow) line('slow', slow);
	return result.failures.length === 0 && result.slow.length === 0;
});
