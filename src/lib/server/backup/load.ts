import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Handle } from '#lib/server/db/index.ts';
import type { Storage } from '#lib/server/integrations/storage/disk.ts';
import { attachmentsIn } from './contents.ts';
import { BackupFault } from './fault.ts';
import { columnList, quoted } from './snapshot.ts';

export interface Loading {
	run(statement: string): Promise<void>;
	rows<T>(statement: string, params?: readonly string[]): Promise<T[]>;
	copyIn(table: string, columns: readonly string[], bytes: Buffer): Promise<void>;
}

const copyStatement = (table: string, columns: readonly string[], from: string) =>
	`copy ${quoted(table)} (${columnList(columns)}) from ${from}`;

export async function loading<T>(opened: Handle, work: (into: Loading) => Promise<T>): Promise<T> {
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
 * What would work on each row while it is loaded is set aside, and put back when all rows are there: references between
 * tables (which are then looked at as a whole, and so prove themselves), indexes that only make queries fast, and the
 * triggers that write what the archive has written down already.
 *
 * @returns puts all of it back
 */
export async function setAside(into: Loading): Promise<() => Promise<void>> {
	const references = await into.rows<{ table: string; name: string; definition: string }>(
		`select conrelid::regclass::text as "table", quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
		from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`
	);
	const indexes = await into.rows<{ name: string; definition: string }>(
		`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
		from pg_index i join pg_class c on c.oid = i.indrelid
		where c.relnamespace = 'public'::regnamespace and not i.indisunique`
	);
	const triggered = await into.rows<{ table: string }>(
		`select distinct tgrelid::regclass::text as "table" from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where not tgisinternal and c.relnamespace = 'public'::regnamespace`
	);
	for (const { table, name } of references) await into.run(`alter table ${table} drop constraint ${name}`);
	for (const { name } of indexes) await into.run(`drop index ${name}`);
	for (const { table } of triggered) await into.run(`alter table ${table} disable trigger user`);
	return async () => {
		for (const { definition } of indexes) await into.run(definition);
		for (const { table, name, definition } of references)
			await into.run(`alter table ${table} add constraint ${name} ${definition}`);
		for (const { table } of triggered) await into.run(`alter table ${table} enable trigger user`);
	};
}

/** Sets the counters of identity columns, `table.column` by where they stood. */
export async function setIdentities(into: Loading, identities: Record<string, string>): Promise<void> {
	for (const [name, last] of Object.entries(identities)) {
		const [table = '', column = ''] = name.split('.');
		await into.rows(`select setval(pg_get_serial_sequence($1, $2), $3::text::bigint)`, [quoted(table), column, last]);
	}
}

/**
 * Reads the file of every attachment and compares it with its row.
 *
 * @param lost attachments that had lost their file when the backup was made
 * @returns how many agree
 * @throws BackupFault `inconsistent` if another one does not
 */
export async function proveFiles(into: Loading, files: Storage, lost: readonly string[]): Promise<number> {
	let agreeing = 0;
	for await (const { id, sha256 } of attachmentsIn(into)) {
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
