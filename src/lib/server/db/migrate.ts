import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { programFile } from '#lib/server/program-file.ts';
import type { Handle } from './index.ts';

/** Advisory lock that every process takes before it migrates. Any constant will do. */
const MIGRATION_LOCK = 7_604_026;

const JOURNAL = 'meta/_journal.json';
const migrationsFolder = () => dirname(dirname(programFile(`drizzle/${JOURNAL}`)));

interface Journal {
	entries: { tag: string; when: number }[];
}

const journal = (): Journal => JSON.parse(readFileSync(join(migrationsFolder(), JOURNAL), 'utf8'));

export const knownMigrations = (): string[] => journal().entries.map(({ tag }) => tag);

/**
 * The names of the applied migrations, oldest first. A migration that this program doesn't have is `unknown`: a newer
 * program migrated the database.
 */
export function appliedMigrations(applied: readonly { at: string }[]): string[] {
	const names = new Map(journal().entries.map(({ when, tag }) => [String(when), tag]));
	const times = applied.map(({ at }) => at).sort((a, b) => Number(a) - Number(b));
	return times.map((at) => names.get(at) ?? 'unknown');
}

async function copyMigrationsUpTo(last: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'spatula-migrations-'));
	await mkdir(join(folder, 'meta'));
	const all = journal();
	const entries = all.entries.slice(0, all.entries.findIndex(({ tag }) => tag === last) + 1);
	for (const { tag } of entries) await copyFile(join(migrationsFolder(), `${tag}.sql`), join(folder, `${tag}.sql`));
	await writeFile(join(folder, JOURNAL), JSON.stringify({ ...all, entries }));
	return folder;
}

/** Migrates an empty database up to and including the named migration. */
export async function migrateUpTo(handle: Handle, last: string): Promise<void> {
	const folder = await copyMigrationsUpTo(last);
	try {
		await migrateFrom(folder, handle);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** Applies the missing migrations. If two processes start at once, the second waits for the first. */
export const migrateDatabase = (handle: Handle): Promise<void> => migrateFrom(migrationsFolder(), handle);

async function migrateFrom(migrations: string, handle: Handle): Promise<void> {
	const folder = { migrationsFolder: migrations };
	if (handle.kind === 'pglite') {
		// Only one process can open the folder, so no further lock is needed.
		await migratePglite(handle.database as never, folder);
		return;
	}
	const single = postgres(handle.url, { max: 1, onnotice: () => {} });
	try {
		await single`select pg_advisory_lock(${MIGRATION_LOCK})`;
		await migratePostgres(drizzlePostgres(single), folder);
	} finally {
		await single.end();
	}
}
