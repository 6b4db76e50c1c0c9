import { join } from 'node:path';
import postgres from 'postgres';
import { openPglite } from '#lib/server/db/open.ts';

/** Runs one statement. @returns its rows */
export type Ask = (statement: string) => Promise<Record<string, unknown>[]>;

/** Runs `work` on the database of a stopped site. `settings` are the site's. */
export async function onDatabase<T>(settings: Record<string, string>, work: (ask: Ask) => Promise<T>): Promise<T> {
	if (settings.DATABASE_URL) {
		const sql = postgres(settings.DATABASE_URL, { max: 1, onnotice: () => {} });
		return work((statement) => sql.unsafe(statement)).finally(() => sql.end());
	}
	const pglite = await openPglite({ dataDir: join(settings.DATA_DIR ?? '', 'pglite') });
	const ask: Ask = async (statement) => (await pglite.query<Record<string, unknown>>(statement)).rows;
	return work(ask).finally(() => pglite.close());
}
