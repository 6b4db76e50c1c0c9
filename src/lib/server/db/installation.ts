import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { diskStorage } from '#lib/server/integrations/storage/disk.ts';
import { keyedHex } from '#lib/server/keys.ts';
import { rowsOf, type Database } from './index.ts';
import { settings } from './schema/settings.ts';
import { storeSetting } from './settings.ts';

/** Identifies this installation's APP_KEY without revealing it. */
export const keyFingerprint = (): string => keyedHex('fingerprint', 'installation');

/**
 * Binds the database to this installation's APP_KEY at the first start, and checks it at every later one. Under another
 * key no receipt would open and no identity could be decrypted, so the site refuses to start.
 */
export async function claimInstallation(database: Database): Promise<void> {
	await database
		.insert(settings)
		.values({ key: 'fingerprint', value: keyFingerprint() })
		.onConflictDoNothing({ target: settings.key });
	await requireInstallation(database);
}

/** Whether SPATULA's tables exist. */
export async function hasTables(database: Database): Promise<boolean> {
	const [tables] = await rowsOf<{ there: boolean }>(
		database,
		sql`select to_regclass('drizzle.__drizzle_migrations') is not null and to_regclass('public.settings') is not null as there`
	);
	return tables?.there === true;
}

/**
 * Refuses a new database if DATA_DIR contains files. They belong to another database, and the nightly sweep would
 * delete them because the new one has no rows for them.
 *
 * @throws StartError
 */
export async function requireNoOtherFiles(): Promise<void> {
	const { DATA_DIR } = env();
	for await (const _file of diskStorage(join(DATA_DIR, 'files')).list())
		throw new StartError(
			`the database is new, but DATA_DIR ${DATA_DIR} holds the files of another one: use that database or another DATA_DIR`
		);
}

/**
 * @throws StartError if the database was made with another APP_KEY, its restore did not end, or it holds demo data and
 *   `DEMO` is off
 */
export async function requireInstallation(database: Database): Promise<void> {
	const stored = new Map((await database.select().from(settings)).map(({ key, value }) => [key, value]));
	// A first start that ended before `claimInstallation`, and a restore that did not end, leave no fingerprint.
	if ((stored.get('fingerprint') ?? keyFingerprint()) !== keyFingerprint()) {
		throw new StartError('APP_KEY is not the one this database was made with: set the former value');
	}
	if (stored.get('restoring') !== undefined) {
		throw new StartError('a restore into this database did not end: empty it and restore again');
	}
	if (!env().DEMO && stored.get('demo') === true) {
		throw new StartError('the database holds demo data: choose another DATA_DIR or DATABASE_URL, or set DEMO=on');
	}
}

/** Marks the database as holding demo data, which a production start refuses. */
export const markDemo = (database: Database): Promise<void> => storeSetting(database, 'demo', true);
