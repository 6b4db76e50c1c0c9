import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Handle } from '#lib/server/db/index.ts';
import type { Storage } from '#lib/server/integrations/storage/disk.ts';
import { attachmentsIn } from './contents.ts';
import { BackupFault } from './fault.ts';
import { columnList, quoted } from './snapshot.ts';

/** The transaction in which a restore loads the archive, alike for both engines. */
export interface LoadTransaction {
	run(statement: string): Promise<void>;
	rows<T>(statement: string, params?: readonly string[]): Promise<T[]>;
	copyIn(table: string, columns: readonly string[], bytes: Buffer): Promise<void>;
}

const copyStatement = (table: string, columns: readonly string[], from: string) =>
	`copy ${quoted(table)} (${columnList(columns)}) from ${from}`;

export async function withLoadTransaction<T>(
	opened: Handle,
	work: (loadTx: LoadTransaction) => Promise<T>
): Promise<T> {
	if (opened.kind === 'pglite')
		return opened.client.transaction((tx) =>
			work({
				run: async (statement) => void (await tx.exec(statement)),
				rows: async <R>(statement: string, params: readonly string[] = []) =>
					(await tx.query<R>(statement, [...params])).rows,
				copyIn: async (table, columns, bytes) => {
					const blob = new Blob([new Uint8Array(bytes)]);
					await tx.query(copyStatement(table, columns, `'/dev/blob'`), [], { blob });
				}
			})
		);
	return opened.client.begin((sql) =>
		work({
			run: async (statement) => void (await sql.unsafe(statement)),
			rows: async <R>(statement: string, params: readonly string[] = []) =>
				[...(await sql.unsafe(statement, [...params]))] as R[],
			copyIn: async (table, columns, bytes) => {
				const sink = await sql.unsafe(copyStatement(table, columns, 'stdin')).writable();
				await pipeline(Readable.from([bytes]), sink);
			}
		})
	) as Promise<T>;
}

/**
 * Drops what PostgreSQL would check or compute for each loaded row, until all rows are loaded:
 *
 * - references between tables; adding them again checks all rows at once
 * - indexes that only make queries fast
 * - triggers, because the archive already holds the rows they would write
 *
 * @returns a function that restores all of it
 */
export async function suspendSchemaChecks(loadTx: LoadTransaction): Promise<() => Promise<void>> {
	const references = await loadTx.rows<{ table: string; name: string; definition: string }>(
		`select conrelid::regclass::text as "table", quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
		from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`
	);
	const indexes = await loadTx.rows<{ name: string; definition: string }>(
		`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
		from pg_index i join pg_class c on c.oid = i.indrelid
		where c.relnamespace = 'public'::regnamespace and not i.indisunique`
	);
	const triggered = await loadTx.rows<{ table: string }>(
		`select distinct tgrelid::regclass::text as "table" from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where not tgisinternal and c.relnamespace = 'public'::regnamespace`
	);
	for (const { table, name } of references) await loadTx.run(`alter table ${table} drop constraint ${name}`);
	for (const { name } of indexes) await loadTx.run(`drop index ${name}`);
	for (const { table } of triggered) await loadTx.run(`alter table ${table} disable trigger user`);
	return async () => {
		for (const { definition } of indexes) await loadTx.run(definition);
		for (const { table, name, definition } of references)
			await loadTx.run(`alter table ${table} add constraint ${name} ${definition}`);
		for (const { table } of triggered) await loadTx.run(`alter table ${table} enable trigger user`);
	};
}

/** Sets the counters of identity columns. `identities` holds the last value by `table.column`. */
export async function setIdentityCounters(loadTx: LoadTransaction, identities: Record<string, string>): Promise<void> {
	for (const [name, last] of Object.entries(identities)) {
		const [table = '', column = ''] = name.split('.');
		await loadTx.rows(`select setval(pg_get_serial_sequence($1, $2), $3::text::bigint)`, [quoted(table), column, last]);
	}
}

/**
 * Reads the file of every attachment and compares it with its row.
 *
 * @param lost attachments whose file was already missing or altered when the backup was made
 * @returns how many files agree with their row
 * @throws BackupFault `inconsistent` if the file of any other attachment differs from its row
 */
export async function verifyFiles(loadTx: LoadTransaction, files: Storage, lost: readonly string[]): Promise<number> {
	let agreeing = 0;
	for await (const { id, sha256 } of attachmentsIn(loadTx)) {
		if ((await hashOf(files, id)) === sha256) agreeing += 1;
		else if (!lost.includes(id))
			throw new BackupFault('inconsistent', `the file of attachment ${id} is not the one its row speaks of`);
	}
	return agreeing;
}

async function hashOf(files: Storage, key: string): Promise<string | undefined> {
	const file = await files.open(key);
	if (!file) return undefined;
	const hash = createHash('sha256');
	for await (const chunk of file.content as AsyncIterable<Buffer>) hash.update(chunk);
	return hash.digest('hex');
}
