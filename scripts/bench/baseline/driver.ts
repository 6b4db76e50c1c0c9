import { join } from 'node:path';
import postgres from 'postgres';
import { openPglite } from '#lib/server/db/open.ts';

export type Row = Record<string, unknown>;
/** Runs one statement. @returns its rows */
export type Ask = (text: string, params: unknown[]) => Promise<Row[]>;
/** Runs `work` in one transaction. */
export type InTransaction = <T>(work: (ask: Ask) => Promise<T>) => Promise<T>;

/** As many connections as the product has. */
const CONNECTIONS = 10;

/** Opens the database with the driver only: PostgreSQL at `url`, else the embedded one in `dataDir`. */
export async function openDriver(url: string | undefined, dataDir: string): Promise<InTransaction> {
	if (url) {
		const sql = postgres(url, { max: CONNECTIONS, onnotice: () => {} });
		// postgres.js has no way to pass a text and its parameters that is typed for any value.
		return (work) =>
			sql.begin((tx) => work((text, params) => tx.unsafe(text, params as never[], { prepare: true }))) as never;
	}
	const pglite = await openPglite({ dataDir: join(dataDir, 'pglite') });
	return (work) => pglite.transaction((tx) => work(async (text, params) => (await tx.query<Row>(text, params)).rows));
}
