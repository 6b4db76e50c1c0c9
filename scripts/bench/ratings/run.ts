import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { migrateDatabase } from '#lib/server/db/migrate.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { differingSums } from '#lib/server/ratings/figures/recount.ts';
import { ownDatabase, ownServer, requireBuild, undone, type Undo } from '../../long-run.ts';
import { measuredSite } from '../site.ts';
import { makeHistory } from './history.ts';
import { makeProvince, type Province } from './province.ts';
import { requestsOf, type Measured } from './requests.ts';
import { sideBySide, type Comparison } from './side-by-side.ts';

export interface RatingsBench {
	/** How many ratings lie in the small and in the large database. */
	sizes: readonly [number, number];
	signal: AbortSignal;
	say: (line: string) => void;
}

/**
 * Measures what people wait for on two databases of one province that differ in the number of ratings alone, by the
 * built site and over HTTP.
 *
 * @throws where it can't begin, is ended by `signal`, or the sums differ from the ratings; nothing is left running or lying about
 */
export async function benchRatings({ sizes, signal, say }: RatingsBench): Promise<Comparison[]> {
	requireBuild();
	return undone(signal, (undo) => measure(sizes, undo, say));
}

async function measure(
	[few, many]: RatingsBench['sizes'],
	undo: Undo,
	say: RatingsBench['say']
): Promise<Comparison[]> {
	const { folder, url: server } = await ownServer(undo);
	const open = async (ratings: number) =>
		requestsAt(await ownDatabase(server, `spatula_bench_${ratings}`, undo), folder, ratings, undo, say);
	const small = await open(few);
	const large = await open(many);
	const found: Comparison[] = [];
	for (const [index, request] of small.entries()) {
		const same = large[index];
		if (same) found.push(await sideBySide(request, same));
	}
	return found;
}

async function requestsAt(
	url: string,
	folder: string,
	ratings: number,
	undo: Undo,
	say: RatingsBench['say']
): Promise<Measured[]> {
	const province = await filled(url, ratings, say);
	const site = await measuredSite({
		DATABASE_URL: url,
		DATA_DIR: join(folder, `files-${ratings}`),
		JOBS: 'off',
		BOOTSTRAP_TOKEN: randomUUID()
	});
	const part = await site.start();
	undo.push(() => part.stop());
	return requestsOf(site, province);
}

async function filled(url: string, ratings: number, say: RatingsBench['say']): Promise<Province> {
	const handle = postgresHandle(url, 1);
	if (handle.kind !== 'postgres') throw new Error('another engine was opened');
	try {
		await migrateDatabase(handle);
		const started = performance.now();
		const province = await makeProvince(handle.client);
		const sums = await makeHistory(handle.client, ratings);
		const [{ size } = { size: '' }] = await handle.client<{ size: string }[]>`
			select pg_size_pretty(pg_database_size(current_database())) as size`;
		say(
			`${count(ratings)} ratings made in ${since(started)} s, first sums in ${(sums / 1000).toFixed(1)} s of it; ${size}`
		);
		const checked = performance.now();
		const differing = await differingSums(handle.database);
		if (differing.length > 0)
			throw new Error(`${differing.length} sums differ from the ratings, ${differing[0]} among them`);
		say(`the nightly check finds every sum right in ${since(checked)} s`);
		return province;
	} finally {
		await handle.close();
	}
}

const count = (n: number) => n.toLocaleString('en');
const since = (started: number) => ((performance.now() - started) / 1000).toFixed(1);
