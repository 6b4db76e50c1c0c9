import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { StartError } from '#lib/server/errors.ts';
import { programFile } from '#lib/server/program-file.ts';
import { rowsOf, type Handle } from './index.ts';
import { asText, KEEPALIVE, WITHOUT_TIME_LIMITS } from './postgres-settings.ts';

/** Advisory lock that every process takes before it migrates. Any constant will do. */
export const MIGRATION_LOCK = 7_604_026;

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

/**
 * Applies the missing migrations. If two processes start at once, the second waits for the first.
 *
 * @throws StartError if another version of this program migrated the database
 */
export const migrateDatabase = (handle: Handle): Promise<void> => migrateFrom(migrationsFolder(), handle);

async function migrateFrom(migrations: string, handle: Handle): Promise<void> {
	const folder = { migrationsFolder: migrations };
	if (handle.kind === 'pglite') {
		await requireOwn(handle, migrations);
		// Only one process can open the folder, so no further lock is needed.
		await migratePglite(handle.database as never, folder);
		return;
	}
	// Without time limits, because a migration may build an index, or wait for another process that builds it.
	const connection = asText({ ...KEEPALIVE, ...WITHOUT_TIME_LIMITS, lock_timeout: 0 });
	const single = postgres(handle.url, { max: 1, onnotice: () => {}, connection });
	try {
		await single`select pg_advisory_lock(${MIGRATION_LOCK})`;
		await requireOwn(handle, migrations);
		await migratePostgres(drizzlePostgres(single), folder);
	} finally {
		await single.end();
	}
}

/** Checks that each migration of the database is one of `migrationsFolder`. Drizzle compares only the newest time. */
async function requireOwn({ database }: Handle, migrationsFolder: string): Promise<void> {
	const [found] = await rowsOf<{ migrated: boolean }>(
		database,
		sql`select to_regclass('drizzle.__drizzle_migrations') is not null as migrated`
	);
	if (!found?.migrated) return;
	const applied = await rowsOf<{ at: string; hash: string }>(
		database,
		sql`select created_at::text as at, hash from drizzle.__drizzle_migrations`
	);
	const own = new Map(readMigrationFiles({ migrationsFolder }).map((file) => [String(file.folderMillis), file.hash]));
	if (applied.some(({ at }) => !own.has(at)))
		throw new StartError(
			'the database belongs to a newer SPATULA: install that version, or restore an older backup into an empty target'
		);
	if (applied.some(({ at, hash }) => own.get(at) !== hash))
		throw new StartError(
			'the database was made by another version of SPATULA: use that version or an empty database (for the demo: npm run demo -- --reset)'
		);
}
