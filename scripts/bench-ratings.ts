/**
 * Measures response times of the built site over HTTP, on two databases of one province that differ only in the number
 * of ratings. Fails if the sums differ from the ratings.
 */
import { join } from 'node:path';
import { migrateDatabase } from '#lib/server/db/migrate.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { WITHOUT_TIME_LIMITS } from '#lib/server/db/postgres-settings.ts';
import { differingSums } from '#lib/server/ratings/figures/check-sums.ts';
import { makeHistory } from './bench/ratings/history.ts';
import { makeProvince, type Province } from './bench/ratings/province.ts';
import { requestsOf } from './bench/ratings/requests.ts';
import { compareAll, count, printComparisons, sizeOf } from './bench/side-by-side.ts';
import { since } from './print-results.ts';
import { runUntilSignal, ownDatabase, ownServer, requireBuild, withUndoUntil } from './run-until-signal.ts';
import { builtSite } from './site/start.ts';

const USAGE = `npm run bench:ratings -- [options]
  --ratings N        how many lie in the large database (5000000); the small one has 50000
  --seconds N        the whole run takes no longer (900)
Needs a build (npm run build) and up to 6 GB for a while. Ends with code 1 where anything takes too much longer.`;

const FEW = 50_000;

async function fill(url: string, ratings: number): Promise<Province> {
	const handle = postgresHandle(url, 1, { connection: WITHOUT_TIME_LIMITS });
	try {
		await migrateDatabase(handle);
		const started = performance.now();
		const province = await makeProvince(handle.client);
		const sums = await makeHistory(handle.client, ratings);
		const size = await sizeOf(handle.client);
		console.log(`${count(ratings)} ratings made in ${since(started)}, first sums in ${sums} of it; ${size}`);
		const checked = performance.now();
		const differing = await differingSums(handle.database);
		if (differing.length > 0)
			throw new Error(`${differing.length} sums differ from the ratings, ${differing[0]} among them`);
		console.log(`the nightly check finds every sum right in ${since(checked)}`);
		return province;
	} finally {
		await handle.close();
	}
}

await runUntilSignal(
	USAGE,
	{ ratings: 5_000_000, seconds: 900 },
	async ({ ratings: many }, signal) => {
		requireBuild();
		return withUndoUntil(signal, async (undo) => {
			const { folder, url: server } = await ownServer(undo);
			const open = async (ratings: number) => {
				const url = await ownDatabase(server, `spatula_bench_${ratings}`, undo);
				const province = await fill(url, ratings);
				const site = await builtSite({
					DATABASE_URL: url,
					DATA_DIR: join(folder, `files-${ratings}`),
					JOBS: 'off',
					BOOTSTRAP_TOKEN: crypto.randomUUID()
				});
				const part = await site.start();
				undo.push(() => part.stop());
				return requestsOf(site, province);
			};
			const small = await open(FEW);
			return printComparisons(await compareAll(small, await open(many)));
		});
	},
	{ minimums: { ratings: FEW + 1 } }
);
