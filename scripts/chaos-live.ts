import { parseArgs } from 'node:util';
import { runLive, type LiveResult } from './chaos-live/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run chaos:live -- [options]
  --handlers N   people with a desk open (50)
  --lines N      lines of each (2)
  --reports N    that come in within a minute (100)
  --changes N    before and after, for the look at memory (1500)
  --no-kill      leaves both processes alive
  --seconds N    the whole run takes no longer (600)
Needs a build (npm run build). Ends with code 1 where a desk did not hear of a report.`;

function options() {
	const { values } = parseArgs({
		options: {
			handlers: { type: 'string', default: '50' },
			lines: { type: 'string', default: '2' },
			reports: { type: 'string', default: '100' },
			changes: { type: 'string', default: '1500' },
			'no-kill': { type: 'boolean', default: false },
			seconds: { type: 'string', default: '600' }
		}
	});
	return {
		handlers: wholeNumber(values.handlers, '--handlers'),
		lines: wholeNumber(values.lines, '--lines'),
		reports: wholeNumber(values.reports, '--reports'),
		changes: wholeNumber(values.changes, '--changes'),
		seconds: wholeNumber(values.seconds, '--seconds'),
		burstSeconds: 60,
		kill: !values['no-kill']
	};
}

function print(result: LiveResult): void {
	const line = (name: string, value: string) => console.log(`${name.padEnd(20)} ${value}`);
	const ms = (value: number) => `${value.toFixed(0)} ms`;
	line('lines open', String(result.lines));
	line('seen / expected', `${result.seen} / ${result.expected}`);
	line(
		'from answer to desk',
		`median ${ms(result.medianMs)}, 99 % within ${ms(result.p99Ms)}, slowest ${ms(result.slowestMs)}`
	);
	line('inbox meanwhile', `slowest ${ms(result.slowestPageMs)}, failed ${result.pagesFailed}`);
	line('lines opened anew', `${result.reopened}, told to look ${result.refreshes} times`);
	for (const [n, { before, after, heapBefore, heapAfter }] of result.memory.entries())
		line(
			`memory of site ${n + 1}`,
			`${before.toFixed(0)} MB, after ${after.toFixed(0)} MB (heap ${heapBefore.toFixed(0)}, ${heapAfter.toFixed(0)})`
		);
	line('changes besides', String(result.changes));
	line('wall time', `${(result.wallMs / 1000).toFixed(1)} s`);
}

await longRun(USAGE, async (signal) => {
	const result = await runLive({ ...options(), signal, say: (text) => console.log(text) });
	print(result);
	return result.seen >= result.expected;
});
