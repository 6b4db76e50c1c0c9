import { runChaos } from './chaos/run.ts';
import { line, seconds } from './print-results.ts';
import { runUntilSignal } from './run-until-signal.ts';

const USAGE = `npm run chaos:lapor -- [options]
  --forwards N       how many cases are forwarded (1000)
  --seconds N        the whole run takes no longer (1200)
  --seed N           seed of the random numbers (1)
  --kill-seconds N   a kill -9 of one of the two sites on average this often (6)
Needs a build (npm run build). Ends with code 1 where a report was lost or stored twice.`;

const SHOWN = 20;

function print(result: Awaited<ReturnType<typeof runChaos>>): void {
	const { unknown, decisions, served } = result;
	line('acknowledged', result.acknowledged);
	line('sent', result.sent);
	line(
		'unknown',
		`${unknown.ever} at some time; ${unknown.byLookup} found by look-up; ${unknown.before} before decisions; ${unknown.left} left`
	);
	line(
		'decided by hand',
		`${decisions.found} found, ${decisions.absent} not there, ${decisions.resent} sent back and sent anew`
	);
	line('explained', `${result.explained} rejected, stuck or unknown with a reason`);
	line('duplicates', result.duplicates.length);
	line('lost', result.lost.length);
	line('kills', result.kills);
	line('connection stopped', `${result.halts} times, ended by the test call`);
	line('to acceptance', `median ${seconds(result.medianMs)}, 95 % within ${seconds(result.p95Ms)}`);
	line('', `95 % of those never unknown within ${seconds(result.p95KnownMs)}`);
	line('wall time', seconds(result.wallMs));
	line(
		'faults served',
		[...served.values()].reduce((sum, n) => sum + n, 0)
	);
	for (const [kind, fired] of [...served].sort(([, a], [, b]) => b - a)) line(`  ${kind}`, fired);
	for (const one of [...result.duplicates.map((tag) => `twice: ${tag}`), ...result.lost].slice(0, SHOWN))
		console.log(one);
}

await runUntilSignal(
	USAGE,
	{ forwards: 1000, seconds: 1200, seed: 1, 'kill-seconds': 6 },
	async ({ 'kill-seconds': killSeconds, ...given }, signal) => {
		const result = await runChaos({ ...given, killSeconds, kills: 1, signal, say: (line) => console.log(line) });
		print(result);
		return result.duplicates.length + result.lost.length === 0;
	}
);
