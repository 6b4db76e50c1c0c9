import { runLive } from './chaos-live/run.ts';
import { line, ms, seconds, spread } from './print-results.ts';
import { runUntilSignal } from './run-until-signal.ts';

const USAGE = `npm run chaos:live -- [options]
  --handlers N   people with a desk open (50)
  --lines N      event streams of each person (2)
  --reports N    reports that are received within a minute (100)
  --changes N    further changes, to compare the memory before and after them (1500)
  --no-kill      leaves both processes alive
  --seconds N    the whole run takes no longer (600)
Needs a build (npm run build). Ends with code 1 if a desk missed a report.`;

function print(result: Awaited<ReturnType<typeof runLive>>): void {
	line('lines open', String(result.lines));
	line('seen / expected', `${result.seen} / ${result.expected}`);
	line('from answer to desk', spread(result.took));
	line('inbox meanwhile', `slowest ${ms(result.slowestPageMs)}, failed ${result.pagesFailed}`);
	line('lines opened anew', `${result.reopened}, reloads requested ${result.refreshes} times`);
	for (const [n, { before, after, heapBefore, heapAfter }] of result.memory.entries())
		line(
			`memory of site ${n + 1}`,
			`${before.toFixed(0)} MB, after ${after.toFixed(0)} MB (heap ${heapBefore.toFixed(0)}, ${heapAfter.toFixed(0)})`
		);
	line('changes besides', String(result.changes));
	line('wall time', seconds(result.wallMs));
}

await runUntilSignal(
	USAGE,
	{ handlers: 50, lines: 2, reports: 100, changes: 1500, 'no-kill': false, seconds: 600 },
	async ({ 'no-kill': spared, ...given }, signal) => {
		const options = { ...given, burstSeconds: 60, kill: !spared };
		const result = await runLive({ ...options, signal, say: (text) => console.log(text) });
		print(result);
		return result.seen >= result.expected;
	}
);
