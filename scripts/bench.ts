/**
 * Compares the product with bare programs, as ratios of one run on one machine:
 * - pages with a bare SvelteKit page
 * - ratings and cases with a bare transaction over HTTP that writes the same rows into the same database engine
 * - forwarding to LAPOR with a bare HTTP client
 *
 * Also measures a start and the memory of an idle site.
 */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { compare, printLine, type Line } from './bench/compare.ts';
import { measureForwarding } from './bench/forwarding.ts';
import { callsOf, siteWithOffice, storeTemplates } from './bench/site.ts';
import {
	runUntilSignal,
	ownDatabase,
	ownFolder,
	ownServer,
	requireBuild,
	withUndo,
	withUndoUntil,
	type Undo
} from './run-until-signal.ts';
import { memoryOf } from './site/client.ts';
import { startPart, waitFor } from './site/child-process.ts';

/** Starts a bare program on its own port. @returns its address */
async function startBare(name: string, script: string, settings: Record<string, string>, undo: Undo): Promise<string> {
	const port = String(await freePort());
	const origin = `http://127.0.0.1:${port}`;
	const part = startPart(name, script, { NODE_ENV: 'production', HOST: '127.0.0.1', ...settings, PORT: port });
	undo.push(() => part.stop());
	await waitFor(part, origin);
	return origin;
}

/** Builds and starts the bare SvelteKit page. */
function barePage(folder: string, undo: Undo): Promise<string> {
	const out = join(folder, 'bare');
	execFileSync(resolve('node_modules/.bin/vite'), ['build', '--logLevel', 'error'], {
		cwd: 'scripts/bench/bare',
		env: { ...process.env, BARE_OUT: out },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	return startBare('the bare page', join(out, 'index.js'), {}, undo);
}

/** Starts the bare program that writes, on a database in which the product stored one rating and one case. */
async function bareWriter(database: Record<string, string>, undo: Undo): Promise<string> {
	const site = await siteWithOffice(database);
	const part = await site.start();
	undo.push(() => part.stop());
	await storeTemplates(site);
	await part.stop();
	return startBare('the bare writer', 'scripts/bench/baseline/server.ts', database, undo);
}

interface Engine {
	name: string;
	/** Makes an empty database. @returns its settings */
	newDatabase: (name: string) => Promise<Record<string, string>>;
}

/** Pages, and the ratio to the bare page that each should reach. */
const PAGES = [
	{ name: 'office page', call: 'officePage', target: 0.35 },
	{ name: 'rating page', call: 'ratingPage', target: 0.25 },
	{ name: 'complaint page', call: 'complaintPage', target: 0.25 },
	{ name: 'inbox, signed in', call: 'inbox' },
	{ name: 'case page, signed in', call: 'casePage' }
] as const;
/** Submissions, and where the bare program writes the same rows. */
const SUBMISSIONS = [
	{ name: 'rating by the API', call: 'apiRating', path: '/ratings' },
	{ name: 'rating by form', call: 'formRating', path: '/ratings' },
	{ name: 'case by the API', call: 'apiCase', path: '/cases' },
	{ name: 'case by form', call: 'formCase', path: '/cases' }
] as const;
const SUBMISSION_TARGET = 0.4;

/** Measures the lines whose name contains `only`. @returns whether no request failed */
async function measureSite(engine: Engine, pageOrigin: string, only: string): Promise<boolean> {
	const nameOf = (name: string, bare: string) => `${engine.name}: ${name} / ${bare}`;
	const chosen = <T extends { name: string }>(lines: readonly T[], bare: string) =>
		lines.map((line) => ({ ...line, name: nameOf(line.name, bare) })).filter(({ name }) => name.includes(only));
	const pages = chosen(PAGES, 'bare SvelteKit page');
	const submissions = chosen(SUBMISSIONS, 'bare transaction');
	if (pages.length + submissions.length === 0) return true;
	return withUndo(async (undo) => {
		const writer = await bareWriter(await engine.newDatabase('bare'), undo);
		const site = await siteWithOffice(await engine.newDatabase('site'));
		const part = await site.start();
		undo.push(() => part.stop());
		const calls = await callsOf(site);
		return compare([
			...pages.map(({ call, ...line }): Line => ({
				...line,
				product: calls[call],
				bare: { url: pageOrigin, expected: 200 }
			})),
			...submissions.map(({ name, call, path }): Line => ({
				name,
				target: SUBMISSION_TARGET,
				product: calls[call],
				bare: { ...calls[call], url: writer + path }
			}))
		]);
	});
}

/** Seconds without a request after which the memory is read. */
const IDLE_SECONDS = 30;

/** Prints the time from a second start to `/readyz`, and the memory of the idle process after it. */
async function measureStart({ name, newDatabase }: Engine, only: string): Promise<void> {
	const line = `${name}: second start, then idle for ${IDLE_SECONDS} s`;
	if (!line.includes(only)) return;
	await withUndo(async (undo) => {
		const site = await siteWithOffice(await newDatabase('start'));
		await (await site.start()).stop();
		const began = performance.now();
		const part = await site.start();
		undo.push(() => part.stop());
		const ready = `${(performance.now() - began).toFixed(0).padStart(5)} ms`;
		await wait(IDLE_SECONDS * 1000);
		const { rssMb } = await memoryOf(site.origin);
		console.log(`${line.padEnd(66)} ${ready} ${rssMb.toFixed(0).padStart(5)} MB`);
	});
}

/** LAPOR's response times: none, and that of a good service on the internet. */
const ANSWER_MS = [0, 100];

async function measureForwards({ name, newDatabase }: Engine, folder: string, only: string): Promise<void> {
	for (const answerMs of ANSWER_MS) {
		const line = `${name}: forwarding / bare HTTP client, answers ${answerMs ? `in ${answerMs} ms` : 'at once'}`;
		if (!line.includes(only)) continue;
		// A new database for each measurement, because each site has its own keys.
		const database = await newDatabase(`forwarding_${answerMs}`);
		const { ours, bare } = await measureForwarding(join(folder, `sandbox-${name}-${answerMs}`), database, answerMs);
		printLine(line, ours, bare);
	}
}

/** The embedded database, and a PostgreSQL server that is started for the run. */
async function enginesOf(folder: string, undo: Undo): Promise<Engine[]> {
	const { url } = await ownServer(undo);
	const folderOf = (engine: string, name: string) => ({ DATA_DIR: join(folder, `${engine}-${name}`) });
	return [
		{ name: 'PGlite', newDatabase: async (name) => folderOf('PGlite', name) },
		{
			name: 'PostgreSQL',
			newDatabase: async (name) => ({
				...folderOf('PostgreSQL', name),
				DATABASE_URL: await ownDatabase(url, name, undo)
			})
		}
	];
}

const USAGE = `npm run bench -- [options]
  --only TEXT      measures the lines whose name contains TEXT
  --seconds N      time limit of the whole run (3600)
Needs a build (npm run build).`;

await runUntilSignal(USAGE, { seconds: 3600, only: '' }, async ({ only }, signal) => {
	requireBuild();
	return withUndoUntil(signal, async (undo) => {
		const folder = ownFolder(undo);
		const page = await barePage(folder, undo);
		let succeeded = true;
		for (const engine of await enginesOf(folder, undo)) {
			succeeded = (await measureSite(engine, page, only)) && succeeded;
			await measureForwards(engine, folder, only);
			await measureStart(engine, only);
		}
		return succeeded;
	});
});
