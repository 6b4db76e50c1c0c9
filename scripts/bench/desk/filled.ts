import postgres from 'postgres';
import { migrateDatabase } from '#lib/server/db/migrate.ts';
import { postgresHandle } from '#lib/server/db/open.ts';
import { ensureDefaults } from '#lib/server/calendar/defaults.ts';
import { makeCases } from './history.ts';
import { makeOffices } from './office.ts';

/** Connections that write search documents: as many as help on a small machine. */
const WRITERS = 2;

/** Brings an empty database to the schema of the product and to that many cases. @returns how it went, in words */
export async function fillDatabase(url: string, cases: number): Promise<string> {
	const handle = postgresHandle(url, 1);
	if (handle.kind !== 'postgres') throw new Error('another engine was opened');
	const started = performance.now();
	let documents = 0;
	try {
		await migrateDatabase(handle);
		await ensureDefaults(handle.database);
		await makeOffices(handle.client);
		await makeCases(handle.client, cases, async () => {
			const begun = performance.now();
			await writeDocuments(url, cases);
			documents = performance.now() - begun;
		});
		const [{ size, entries } = { size: '', entries: 0 }] = await handle.client<{ size: string; entries: number }[]>`
			select pg_size_pretty(pg_database_size(current_database())) as size, (select count(*)::int from timeline) as entries`;
		return `${count(cases)} cases with ${count(entries)} entries made in ${since(started)} s, ${seconds(documents)} s of it for what is searched in; ${size}`;
	} finally {
		await handle.close();
	}
}

/** Writes the search documents that triggers would have written, on several connections at once. */
async function writeDocuments(url: string, cases: number): Promise<void> {
	const sql = postgres(url, { max: WRITERS, onnotice: () => {}, connection: { session_replication_role: 'replica' } });
	const part = Math.ceil(cases / WRITERS);
	try {
		await Promise.all(
			Array.from({ length: WRITERS }, (_, at) =>
				sql.unsafe(`insert into case_search select id, search_document(c) from cases c
					where id > ${at * part} and id <= ${(at + 1) * part}`)
			)
		);
	} finally {
		await sql.end();
	}
}

const count = (n: number) => n.toLocaleString('en');
const seconds = (ms: number) => (ms / 1000).toFixed(1);
const since = (started: number) => seconds(performance.now() - started);
