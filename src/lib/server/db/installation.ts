import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { keyedHex } from '#lib/server/keys.ts';
import type { Database } from './index.ts';
import { settings } from './schema/settings.ts';
import { storeSetting } from './settings.ts';

/** Identifies this installation's APP_KEY without revealing it. */
export const keyFingerprint = (): string => keyedHex('fingerprint', 'installation');

/**
 * Binds the database to this installation's APP_KEY at the first start, and checks it at every later one. Under another
 * key no receipt would open and no identity could be decrypted, so the site refuses to start.
 */
export async function claimInstallation(database: Database): Promise<void> {
	const fingerprint = keyFingerprint();
	await database
		.insert(settings)
		.values({ key: 'fingerprint', value: fingerprint })
		.onConflictDoNothing({ target: settings.key });
	const stored = new Map((await database.select().from(settings)).map(({ key, value }) => [key, value]));
	if (stored.get('fingerprint') !== fingerprint) {
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
