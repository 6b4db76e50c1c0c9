import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import postgres from 'postgres';
import { inject } from 'vitest';
import { openPglite } from '#lib/server/db/open.ts';
import { createDatabase } from './postgres-server.ts';

export type Engine = 'pglite' | 'postgres';

/** Engines that a test of this run can restore into: always the embedded one, and a server if this run has one. */
export const targetEngines = (): Engine[] =>
	process.env.TEST_DATABASE === 'pglite' ? ['pglite'] : ['pglite', 'postgres'];

/** An empty folder and, for a server, an empty database, with functions that run the product's commands on them. */
export type EmptyTarget = Awaited<ReturnType<typeof emptyTarget>>;

/**
 * Copies this program into a temporary folder and adds one migration to the copy, as in a next version of the program.
 *
 * @returns the folder; the caller removes it
 */
export async function programWithMigration(statement: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-program-'));
	for (const part of ['src', 'scripts', 'drizzle', 'package.json'])
		await cp(part, join(folder, part), { recursive: true });
	await symlink(resolve('node_modules'), join(folder, 'node_modules'));
	const journalPath = join(folder, 'drizzle', 'meta', '_journal.json');
	const journal = JSON.parse(await readFile(journalPath, 'utf8'));
	const { idx, when, ...last } = journal.entries.at(-1);
	journal.entries.push({ ...last, idx: idx + 1, when: when + 1, tag: '9999_later' });
	await writeFile(journalPath, JSON.stringify(journal));
	await writeFile(join(folder, 'drizzle', '9999_later.sql'), statement);
	return folder;
}

function runScript(script: string, args: readonly string[], settings: Record<string, string>, cwd?: string) {
	return new Promise<{ code: number; output: string; errors: string }>((resolved) => {
		const environment = { PATH: process.env.PATH ?? '', APP_KEY: process.env.APP_KEY ?? '', LOG_LEVEL: 'silent' };
		execFile(
			process.execPath,
			[`scripts/${script}.ts`, ...args],
			{ env: { ...environment, ...settings }, cwd },
			(error, output, errors) => resolved({ code: error ? Number(error.code ?? 1) : 0, output, errors })
		);
	});
}

export async function emptyTarget(engine: Engine) {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-target-'));
	const server = engine === 'postgres' ? await emptyDatabase() : undefined;
	const ownSettings: Record<string, string> = { DATA_DIR: folder, ...(server ? { DATABASE_URL: server.url } : {}) };
	let embedded: PGlite | undefined;
	const rows = async <T>(statement: string): Promise<T[]> => {
		if (server) return server.rows<T>(statement);
		embedded ??= await openPglite({ dataDir: join(folder, 'pglite') });
		return (await embedded.query<T>(statement)).rows;
	};
	const closeEmbedded = async () => {
		await embedded?.close();
		embedded = undefined;
	};
	return {
		folder,
		/** Runs a command of this program, or of the program in another folder. */
		async run(
			script: 'restore' | 'backup' | 'audit-verify',
			args: readonly string[],
			settings: Record<string, string> = {},
			program?: string
		) {
			await closeEmbedded();
			return runScript(script, args, { ...ownSettings, ...settings }, program);
		},
		/** Runs a query on the restored database. */
		rows,
		async isEmpty() {
			const tables = server
				? await server.rows(`select 1 from pg_tables where schemaname in ('public', 'drizzle', 'pgboss')`)
				: [];
			const remainingFiles = (await readdir(folder)).filter((name) => name !== 'lock.sock');
			return tables.length === 0 && remainingFiles.length === 0;
		},
		async remove() {
			await closeEmbedded();
			await server?.drop();
			await rm(folder, { recursive: true, force: true });
		}
	};
}

async function emptyDatabase() {
	const server = inject('databaseServer');
	const name = `spatula_target_${randomBytes(6).toString('hex')}`;
	const url = await createDatabase(server, name);
	const client = postgres(url, { max: 1, onnotice: () => {} });
	return {
		url,
		rows: async <T>(statement: string) => [...(await client.unsafe(statement))] as T[],
		async drop() {
			await client.end();
			const admin = postgres(server, { max: 1, onnotice: () => {} });
			await admin.unsafe(`drop database ${name} with (force)`);
			await admin.end();
		}
	};
}
