import { line, seconds } from '../figures.ts';
import type { ChaosResult } from './run.ts';

const SHOWN = 20;

/** Prints what came of a run, a line each, so that two runs can be laid beside each other. */
export function printResult(result: ChaosResult): void {
	const { unknown, decisions } = result;
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
		[...result.served.values()].reduce((sum, n) => sum + n, 0)
	);
	for (const [kind, fired] of [...result.served].sort(([, a], [, b]) => b - a)) line(`  ${kind}`, fired);
	for (const one of [...result.duplicates.map((tag) => `twice: ${tag}`), ...result.lost].slice(0, SHOWN))
		console.log(one);
}
