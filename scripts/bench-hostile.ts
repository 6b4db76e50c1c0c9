import { parseArgs } from 'node:util';
import { runHostile, type HostileResult } from './bench-hostile/run.ts';
import { longRun, wholeNumber } from './long-run.ts';

const USAGE = `npm run bench:hostile -- [options]
  --attacks N    hostile requests and files (5000)
  --citizens N   honest citizens beside them (20)
  --seconds N    the whole run takes no longer (1200)
Needs a build (npm run build). Ends with code 1 where an honest citizen waited over 2 s or was refused, an attack made the site
fail, or its memory afterwards is more than 20 % above what it was before.`;

const MOST_WAIT_MS = 2000;
const MOST_GROWTH = 1.2;

function options() {
	const { values } = parseArgs({
		options: {
			attacks: { type: 'string', default: '5000' },
			citizens: { type: 'string', default: '20' },
			seconds: { type: 'string', default: '1200' }
		}
	});
	return {
		attacks: wholeNumber(values.attacks, '--attacks'),
		citizens: wholeNumber(values.citizens, '--citizens'),
		seconds: wholeNumber(values.seconds, '--seconds')
	};
}

const row = (...cells: string[]) =>
	console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(12))).join(''));
const ms = (value: number) => `${value.toFixed(0)} ms`;

function printHonest({ honest }: HostileResult): boolean {
	row('honest citizens', 'answers', 'median', '99 %', 'slowest');
	for (const step of new Set(honest.times.map((time) => time.step))) {
		const times = honest.times.filter((time) => time.step === step).map((time) => time.ms);
		times.sort((a, b) => a - b);
		const at = (part: number) => ms(times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0);
		row(step, String(times.length), at(0.5), at(0.99), at(1));
	}
	const late = honest.times.filter((time) => time.ms > MOST_WAIT_MS).length;
	row('over 2 s / refused', `${late} / ${honest.refused.length}`);
	for (const refused of honest.refused.slice(0, 5)) console.log(`  ${refused}`);
	return late === 0 && honest.refused.length === 0;
}

function printAttacks({ byKind }: HostileResult): boolean {
	console.log();
	row('attacks', 'sent', 'slowest', 'failed', '', 'answers');
	for (const [kind, { sent, slowestMs, failed, statuses }] of byKind) {
		const answers = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
		row(kind, String(sent), ms(slowestMs), String(failed), '', answers.join(', '));
	}
	return [...byKind.values()].every(({ failed }) => failed === 0);
}

function printMemory({ rssBeforeMb, rssAfterMb, rssMostMb }: HostileResult): boolean {
	const growth = rssAfterMb / rssBeforeMb;
	console.log();
	row('memory of the site', 'before', 'most', 'after', 'ratio');
	row('', ...[rssBeforeMb, rssMostMb, rssAfterMb].map((mb) => `${mb.toFixed(0)} MB`), growth.toFixed(2));
	return growth <= MOST_GROWTH;
}

await longRun(USAGE, async (signal) => {
	const result = await runHostile({ ...options(), signal });
	return [printHonest(result), printAttacks(result), printMemory(result)].every(Boolean);
});
