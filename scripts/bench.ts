/**
 * How much the product costs beside doing nothing, as ratios of one run on one machine: the front door beside a bare
 * SvelteKit page, a rating (form read, checked, stored) beside a bare insert into the same database engine, and forwarding
 * to LAPOR beside a bare HTTP client.
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import { freePort, startPostgres } from '../src/lib/dev/testing/postgres-server.ts';
import { measureForwarding } from './bench/forwarding.ts';
import { median, pagesPerSecond, ratingsPerSecond, timesPerSecond } from './bench/load.ts';
import { measuredSite } from './bench/site.ts';
import { runPart, startPart, waitFor, type Part } from './demo/part.ts';

const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), 'spatula-bench-'));
chmodSync(folder, 0o755);
const parts: Part[] = [];

async function bareSite(): Promise<string> {
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
	parts.push(part);
	await waitFor(part, origin);
	return origin;
}

const FIRST_ACCOUNT = '--username admin --unit 7600 --unit-slug sulbar --role admin --name'.split(' ');

async function site(database: Record<string, string>): Promise<{ origin: string; part: Part }> {
	const { origin, settings, start } = await measuredSite(database);
	await runPart('the first account', 'scripts/user-create.ts', settings, [...FIRST_ACCOUNT, 'Admin Contoh']);
	const part = await start();
	parts.push(part);
	return { origin, part };
}

/** One row as small as a rating, by the driver alone. */
async function bareInsert(
	url: string | undefined
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

async function measure(name: string, database: Record<string, string>, bareOrigin: string): Promise<void> {
	const { origin, part } = await site(database);
	const bare = await bareInsert(database.DATABASE_URL);
	const front: number[] = [];
	const page: number[] = [];
	const rating: number[] = [];
	const insert: number[] = [];
	// Turn by turn, so that what else the machine does meets both sides alike.
	for (let round = 0; round < ROUNDS; round++) {
		page.push(await pagesPerSecond(bareOrigin));
		front.push(await pagesPerSecond(`${origin}/sulbar`));
		insert.push(await timesPerSecond(bare.insert));
		rating.push(await ratingsPerSecond(origin, 'sulbar'));
	}
	await bare.close();
	await part.stop();
	line(`${name}: front door / bare SvelteKit page`, median(front), median(page));
	line(`${name}: rating stored / bare insert`, median(rating), median(insert));
}

/** How long LAPOR takes: no time at all, which no service over the internet does, and a good one's. */
const ANSWER_MS = [0, 100];

/** A database of its own on the server: its site has other keys than the one before. */
async function ownDatabase(server: string, answerMs: number): Promise<Record<string, string>> {
	const url = new URL(server);
	url.pathname = `/forwarding_${answerMs}`;
	const admin = postgres(server, { max: 1, onnotice: () => {} });
	await admin.unsafe(`create database forwarding_${answerMs}`);
	await admin.end();
	return { DATABASE_URL: url.href };
}

async function forwarding(name: string, database: Record<string, string>, answerMs: number): Promise<void> {
	const own = join(folder, `forwarding-${name}-${answerMs}`);
	const { ours, bare } = await measureForwarding(own, { DATA_DIR: own, ...database }, answerMs);
	line(`${name}: forwarding / bare HTTP client, answers ${answerMs ? `in ${answerMs} ms` : 'at once'}`, ours, bare);
}

function line(name: string, ours: number, bare: number): void {
	console.log(
		`${name.padEnd(66)} ${ours.toFixed(0).padStart(6)}/s ${bare.toFixed(0).padStart(7)}/s  ratio ${(ours / bare).toFixed(2)}`
	);
}

try {
	if (!existsSync('build/handler.js')) throw new Error('the build is missing: run "npm run build" first');
	const bare = await bareSite();
	await measure('PGlite', { DATA_DIR: join(folder, 'pglite') }, bare);
	for (const answerMs of ANSWER_MS) await forwarding('PGlite', {}, answerMs);
	const server = await startPostgres(join(folder, 'postgres'));
	try {
		await measure('PostgreSQL', { DATA_DIR: join(folder, 'files'), DATABASE_URL: server.url }, bare);
		for (const answerMs of ANSWER_MS) await forwarding('PostgreSQL', await ownDatabase(server.url, answerMs), answerMs);
	} finally {
		await server.stop();
	}
} finally {
	for (const part of parts) await part.stop();
	rmSync(folder, { recursive: true, force: true });
}
