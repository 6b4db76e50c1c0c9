import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '#lib/server/errors.ts';
import type { Measured } from './bench/export/measure-export.ts';
import { runUntilSignal, ownServer, withUndoUntil, type Undo } from './run-until-signal.ts';
import { startPart } from './site/child-process.ts';

const USAGE = `npm run bench:export -- [options]
  --rows N         how many reports are exported (200000)
  --seconds N      time limit of the whole run (1800)
Writes them as CSV and as XLSX, on PostgreSQL and on the embedded database. Ends with code 1 where a process grows by more
than 200 MB while it writes, or a report is missing. Needs up to 2 GB for a while.`;

const MOST_MB = 200;
const COMMON = {
	NODE_ENV: 'test',
	LOG_LEVEL: 'error',
	APP_KEY: 'a key for measuring, long enough to be one',
	// The site's heap limit (docs/running). Without one, garbage is collected later.
	NODE_OPTIONS: '--max-old-space-size=512'
};

/** Runs one step in its own process. @returns its output */
async function one(settings: Record<string, string>, undo: Undo, ...args: string[]): Promise<string> {
	const part = startPart('the export', 'scripts/bench/export/measure-export.ts', { ...COMMON, ...settings }, args);
	undo.push(part.kill);
	const reason = await part.ended;
	if (reason) throw new StartError(reason);
	return part.output();
}

await runUntilSignal(USAGE, { rows: 200_000, seconds: 1800 }, async ({ rows }, signal) =>
	withUndoUntil(signal, async (undo) => {
		const { folder, url } = await ownServer(undo);
		const engines: [string, Record<string, string>][] = [
			['PostgreSQL', { DATABASE_URL: url, DATA_DIR: join(folder, 'files') }],
			['embedded', { DATA_DIR: join(folder, 'embedded') }]
		];
		let withinLimits = true;
		console.log(
			`${'engine'.padEnd(12)} file ${'reports'.padStart(8)} ${'seconds'.padStart(8)} ${'size'.padStart(9)} ${'before'.padStart(9)} growth`
		);
		for (const [name, settings] of engines) {
			mkdirSync(settings.DATA_DIR ?? folder, { recursive: true });
			await one(settings, undo, 'fill', String(rows));
			for (const format of ['csv', 'xlsx']) {
				const found = JSON.parse(await one(settings, undo, format)) as Measured;
				const mb = (n: number) => `${n.toFixed(0)} MB`.padStart(9);
				console.log(
					`${name.padEnd(12)} ${format.padEnd(4)} ${String(found.rows).padStart(8)} ${found.seconds.toFixed(1).padStart(8)} ${mb(found.bytes / 1e6)} ${mb(found.before)} ${mb(found.growth)}`
				);
				withinLimits &&= found.rows === rows && found.growth <= MOST_MB;
			}
		}
		return withinLimits;
	})
);
