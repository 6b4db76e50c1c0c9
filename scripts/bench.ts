/**
 * How much the product costs beside doing nothing, as ratios of one run on one machine: the front door beside a bare
 * SvelteKit page, and a rating (form read, checked, stored) beside a bare insert into the same database engine.
 */
import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import { freePort, startPostgres } from '../src/lib/server/testing/postgres-server.ts';
import { median, pagesPerSecond, ratingsPerSecond, timesPerSecond } from './bench/load.ts';

const ROUNDS = 3;
const folder = mkdtempSync(join(tmpdir(), 'spatula-bench-'));
chmodSync(folder, 0o755);
const children: ChildProcess[] = [];
const APP_KEY = `bench-${randomUUID()}`;

async function serve(script: string, env: Record<string, string>, probe: string): Promise<ChildProcess> {
	const child = spawn(process.execPath, [script], {
		env: { PATH: process.env.PATH ?? '', ...env },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	children.push(child);
	for (let waited = 0; waited < 300; waited++) {
		if (
			await fetch(probe).then(
				(answer) => answer.ok,
				() => false
			)
		)
			return child;
		if (child.exitCode !== null) break;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error(`${script} did not start`);
}

async function ended(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null) return;
	const exit = new Promise((done) => child.once('exit', done));
	child.kill('SIGTERM');
	await exit;
}

async function bareSite(): Promise<string> {
	const out = join(folder, 'bare');
	execFileSync(resolve('node_modules/.bin/vite'), ['build', '--logLevel', 'error'], {
		cwd: 'scripts/bench/bare',
		env: { ...process.env, BARE_OUT: out },
		stdio: ['ignore', 'ignore', 'inherit']
	});
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	await serve(join(out, 'index.js'), { PORT: String(port), HOST: '127.0.0.1', ORIGIN: origin }, origin);
	return origin;
}

async function site(database: Record<string, string>): Promise<{ origin: string; child: ChildProcess }> {
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const env = {
		NODE_ENV: 'production',
		APP_KEY,
		ORIGIN: origin,
		HOST: '127.0.0.1',
		PORT: String(port),
		LIMITS: 'off',
		LOG_LEVEL: 'error',
		...database
	};
	const flags = [
		'--username',
		'admin',
		'--name',
		'Admin Contoh',
		'--unit',
		'7600',
		'--unit-slug',
		'sulbar',
		'--role',
		'admin'
	];
	execFileSync(process.execPath, ['scripts/user-create.ts', ...flags], {
		env: { PATH: process.env.PATH ?? '', ...env },
		stdio: 'ignore'
	});
	return { origin, child: await serve('src/server.ts', env, `${origin}/readyz`) };
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
	const { origin, child } = await site(database);
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
	await ended(child);
	line(`${name}: front door / bare SvelteKit page`, median(front), median(page));
	line(`${name}: rating stored / bare insert`, median(rating), median(insert));
}

function line(name: string, ours: number, bare: number): void {
	console.log(
		`${name.padEnd(48)} ${ours.toFixed(0).padStart(6)}/s ${bare.toFixed(0).padStart(7)}/s  ratio ${(ours / bare).toFixed(2)}`
	);
}

try {
	if (!existsSync('build/handler.js')) throw new Error('the build is missing: run "npm run build" first');
	const bare = await bareSite();
	await measure('PGlite', { DATA_DIR: join(folder, 'pglite') }, bare);
	const server = await startPostgres(join(folder, 'postgres'));
	try {
		await measure('PostgreSQL', { DATA_DIR: join(folder, 'files'), DATABASE_URL: server.url }, bare);
	} finally {
		await server.stop();
	}
} finally {
	for (const child of children) await ended(child);
	rmSync(folder, { recursive: true, force: true });
}
