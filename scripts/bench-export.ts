import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Measured } from './bench/export/measure-export.ts';
import { longRun, ownDatabase, ownServer, withUndoUntil } from './long-run.ts';

const USAGE = `npm run bench:export -- [options]
  --rows N         how many reports are exported (200000)
  --seconds N      time limit of the whole run (1800)
Writes them as CSV and as XLSX, on PostgreSQL and on the embedded database. Ends with code 1 where a process grows by more
than 200 MB while it writes, or a report is missing. Needs up to 2 GB for a while.`;

const MOST_MB = 200;
/** The site's heap limit (docs/running). Without one, garbage is collected later. */
const HEAP = '--max-old-space-size=512';
const MEASURE_SCRIPT = join(import.meta.dirname, 'bench', 'export', 'measure-export.ts');
const run = promisify(execFile);

async function one(settings: Record<string, string>, args: string[], signal: AbortSignal): Promise<string> {
	const env = {
		...process.env,
		NODE_ENV: 'test',
		LOG_LEVEL: 'error',
		APP_KEY: 'a key for measuring, long enough to be one',
		...settings
	};
	return (await run(process.execPath, [HEAP, MEASURE_SCRIPT, ...args], { env, signal })).stdout;
}

await longRun(USAGE, { rows: 200_000, seconds: 1800 }, async ({ rows }, signal) =>
	withUndoUntil(signal, async (undo) => {
		const { folder, url } = await ownServer(undo);
		const server = await ownDatabase(url, 'spatula_bench_export', undo);
		const engines: [string, Record<string, string>][] = [
			['PostgreSQL', { DATABASE_URL: server, DATA_DIR: join(folder, 'files') }],
			['embedded', { DATA_DIR: join(folder, 'embedded') }]
		];
		let withinLimits = true;
		console.log(
			`${'engine'.padEnd(12)} file ${'reports'.padStart(8)} ${'seconds'.padStart(8)} ${'size'.padStart(9)} ${'before'.padStart(9)} growth`
		);
		for (const [name, settings] of engines) {
			mkdirSync(settings.DATA_DIR ?? folder, { recursive: true });
			await one(settings, ['fill', String(rows)], signal);
			for (const format of ['csv', 'xlsx']) {
				const found = JSON.parse(await one(settings, [format], signal)) as Measured;
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
