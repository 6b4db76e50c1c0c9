import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator';
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js';
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { Handle } from './index.ts';

/** Any constant will do: every process of the product takes the same lock before it touches the schema. */
const MIGRATION_LOCK = 7_604_026;

/** The folder of migrations: beside the sources, and beside the build that was made from them. */
function migrationsFolder(): string {
	for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
		const candidate = join(folder, 'drizzle');
		if (existsSync(join(candidate, 'meta', '_journal.json'))) return candidate;
	}
	throw new Error('the folder drizzle/ with the migrations is missing beside the program');
}

/** Applies the migrations that are missing. Two processes that start at once do it one after the other. */
export async function migrateDatabase(handle: Handle): Promise<void> {
	const folder = { migrationsFolder: migrationsFolder() };
	if (handle.kind === 'pglite') {
		// One process, one connection: the folder lock is the migration lock.
		await migratePglite(drizzlePglite(handle.client), folder);
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
