/**
 * Compares the product with the bare tools it uses, as ratios of one run on one machine:
 * - the front door with a bare SvelteKit page
 * - a rating (form read, checked, stored) with a bare insert into the same database engine
 * - forwarding to LAPOR with a bare HTTP client
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import autocannon from 'autocannon';
import postgres from 'postgres';
import { freePort } from '#lib/dev/testing/postgres-server.ts';
import { measureForwarding } from './bench/forwarding.ts';
import { median } from './figures.ts';
import { longRun, ownDatabase, ownFolder, ownServer, requireBuild, withUndoUntil, type Undo } from './long-run.ts';
import { ratingForm } from './site/client.ts';
import { startPart, waitFor } from './site/part.ts';
import { builtSite, createAccount } from './site/start.ts';

const ROUNDS = 3;
const CONNECTIONS = 16;
/** Duration of each measurement. */
const SECONDS = 4;

/** Requests per second of a page, compressed as browsers request it. Throws if a response is not a success. */
async function pagesPerSecond(url: string): Promise<number> {
	const result = await autocannon({
		url,
		connections: CONNECTIONS,
		duration: SECONDS,
		headers: { 'accept-encoding': 'gzip' }
	});
	if (result.non2xx > 0 || result.errors > 0)
		throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
	return result.requests.average;
}

/** Stored ratings per second by the citizen's form, each with its own submission id. */
async function ratingsPerSecond(origin: string, unit: string): Promise<number> {
	let refused = 0;
	const result = await autocannon({
		url: origin,
		connections: CONNECTIONS,
		duration: SECONDS,
		requests: [
			{
				method: 'POST',
				path: `/${unit}/nilai`,
				headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
				setupRequest: (request) => ({ ...request, body: ratingForm(unit).toString() }),
				onResponse: (status) => {
					if (status !== 303 && status !== 200) refused += 1;
				}
			}
		]
	});
	if (refused > 0 || result.errors > 0) throw new Error(`ratings: ${refused} refused, ${result.errors} errors`);
	return result.requests.average;
}

/** How many calls of `work` end per second, with CONNECTIONS calls at once. */
async function timesPerSecond(work: () => Promise<unknown>): Promise<number> {
	const until = performance.now() + SECONDS * 1000;
	let done = 0;
	const lane = async () => {
		while (performance.now() < until) {
			await work();
			done += 1;
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, lane));
	return done / SECONDS;
}

async function bareSite(folder: string, undo: Undo): Promise<string> {
	const out = join(folder, 'bare');
	execFileSync(resolve('node_modules/.bin/vite'), ['build', '--logLevel', 'error'], {
		cwd: 'scripts/bench/bare',
		env: { ...process.env, BARE_OUT: out },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const settings = { PORT: String(port), HOST: '127.0.0.1', ORIGIN: origin };
	const part = startPart('the bare page', join(out, 'index.js'), settings);
	undo.push(() => part.stop());
	await waitFor(part, origin);
	return origin;
}

/** Inserts a row of a rating's size with the driver only; without `url` into an embedded database in `folder`. */
async function bareInsert(
	url: string | undefined,
	folder: string
): Promise<{ insert: () => Promise<unknown>; close: () => Promise<void> }> {
	const table = 'create table if not exists bare (id uuid primary key, unit text, score int, comment text, day date)';
	const row = `insert into bare values ($1, 'sulbar', 5, 'Cepat dan jelas.', '2026-01-01')`;
	if (url) {
		const sql = postgres(url, { max: 10, onnotice: () => {} });
		await sql.unsafe(table);
		return { insert: () => sql.unsafe(row, [randomUUID()]), close: () => sql.end() };
	}
	const pglite = await PGlite.create(join(folder, 'bare-pglite'));
	await pglite.exec(table);
	return { insert: () => pglite.query(row, [randomUUID()]), close: () => pglite.close() };
}

async function measure(
	name: string,
	settingsOfSite: Record<string, string>,
	folder: string,
	bareOrigin: string,
	undo: Undo
) {
	const { origin, settings, start } = await builtSite(settingsOfSite);
	await createAccount(settings, { 'unit-slug': 'sulbar' });
	const part = await start();
	undo.push(() => part.stop());
	const bare = await bareInsert(settingsOfSite.DATABASE_URL, folder);
	const rates: Record<'page' | 'front' | 'insert' | 'rating', number[]> = {
		page: [],
		front: [],
		insert: [],
		rating: []
	};
	// Alternate both sides, so that background load affects them equally.
	for (let round = 0; round < ROUNDS; round++) {
		rates.page.push(await pagesPerSecond(bareOrigin));
		rates.front.push(await pagesPerSecond(`${origin}/sulbar`));
		rates.insert.push(await timesPerSecond(bare.insert));
		rates.rating.push(await ratingsPerSecond(origin, 'sulbar'));
	}
	await bare.close();
	await part.stop();
	print(`${name}: front door / bare SvelteKit page`, median(rates.front), median(rates.page));
	print(`${name}: rating stored / bare insert`, median(rates.rating), median(rates.insert));
}

/** LAPOR's response times: none, and that of a good service on the internet. */
const ANSWER_MS = [0, 100];

/** Uses a new database for each measurement, because each site has its own keys. */
async function forwarding(name: string, folder: string, undo: Undo, server?: string): Promise<void> {
	for (const answerMs of ANSWER_MS) {
		const siteFolder = join(folder, `forwarding-${name}-${answerMs}`);
		const url = server && (await ownDatabase(server, `forwarding_${answerMs}`, undo));
		const settings = { DATA_DIR: siteFolder, ...(url ? { DATABASE_URL: url } : {}) };
		const { ours: product, bare } = await measureForwarding(siteFolder, settings, answerMs);
		print(
			`${name}: forwarding / bare HTTP client, answers ${answerMs ? `in ${answerMs} ms` : 'at once'}`,
			product,
			bare
		);
	}
}

function print(name: string, product: number, bare: number): void {
	console.log(
		`${name.padEnd(66)} ${product.toFixed(0).padStart(6)}/s ${bare.toFixed(0).padStart(7)}/s  ratio ${(product / bare).toFixed(2)}`
	);
}

await longRun('npm run bench', { seconds: 3600 }, async (_, signal) => {
	requireBuild();
	return withUndoUntil(signal, async (undo) => {
		const folder = ownFolder(undo);
		const bare = await bareSite(folder, undo);
		await measure('PGlite', { DATA_DIR: join(folder, 'pglite') }, folder, bare, undo);
		await forwarding('PGlite', folder, undo);
		const { url } = await ownServer(undo);
		await measure('PostgreSQL', { DATA_DIR: join(folder, 'files'), DATABASE_URL: url }, folder, bare, undo);
		await forwarding('PostgreSQL', folder, undo, url);
		return true;
	});
});
