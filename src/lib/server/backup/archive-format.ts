import { createHash } from 'node:crypto';
import { z } from 'zod';
import { FILE_KEY } from '#lib/server/integrations/storage/disk.ts';
import type { JobName } from '#lib/server/jobs/jobs.ts';

/** Version of the archive format. It is raised when older programs can no longer read it. */
export const FORMAT = 1;

/**
 * HEAD is the first entry of an archive and is checked before anything is restored. MANIFEST is the last, without which
 * an archive is incomplete.
 */
export const HEAD = 'spatula-backup.json';
export const MANIFEST = 'manifest.json';

export const headSchema = z.object({
	format: z.int().positive(),
	version: z.string(),
	/** Everything acknowledged before this moment is in the archive. */
	moment: z.iso.datetime(),
	engine: z.enum(['pglite', 'postgres']),
	migrations: z.array(z.string()).min(1),
	/** Tells whether APP_KEY is the one under which the data were stored. The key can't be derived from it. */
	keyFingerprint: z.string(),
	/** The columns of each table, in the order of the values in its rows. */
	tables: z.record(z.string(), z.array(z.string()).min(1)),
	/** Last value of each identity column, by `table.column`. */
	identities: z.record(z.string(), z.string())
});
export type Head = z.output<typeof headSchema>;

/** Jobs that only the queue knows, beside `case-event`. Notices about sign-ins, tokens and absences are not backed up. */
export const JOBS_WITHOUT_ROW = [
	'contact-recorded',
	'officers-named',
	'calendar-changed',
	'connection-approved',
	'message-status'
] as const satisfies readonly JobName[];

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const manifestSchema = z.object({
	head: hash,
	/** For each table the number of its rows, and the size and SHA-256 of its concatenated parts. */
	tables: z.record(z.string(), z.object({ rows: z.int(), bytes: z.int(), sha256: hash })),
	/** SHA-256 of the lines of all `files-….sha256`. `sha256sum --check` reads these files in the unpacked archive. */
	files: z.object({ count: z.int(), bytes: z.int(), sha256: hash }),
	/** Ids of attachments whose file was missing or altered on the disk when the backup was made. */
	lost: z.array(z.string()),
	/** Unfinished jobs `case-event`. */
	pendingEvents: z.array(z.object({ caseId: z.int(), seq: z.int() })),
	/** Unfinished jobs of `JOBS_WITHOUT_ROW`. */
	pendingJobs: z
		.array(z.object({ name: z.enum(JOBS_WITHOUT_ROW), data: z.record(z.string(), z.unknown()) }))
		.default([])
});
export type Manifest = z.output<typeof manifestSchema>;

export const rowsIn = ({ tables }: Manifest): number => Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);

const NEWLINE = 0x0a;

/**
 * Counts the rows in a part of a table. COPY's text format writes a line break inside a value as `\\n`, so each newline
 * byte ends a row.
 */
function countRows(bytes: Buffer): number {
	let rows = 0;
	for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) rows += 1;
	return rows;
}

/** Counts and hashes the contents of an archive, for its writer and its reader. */
export function createTally(head: Head) {
	const tables = Object.entries(head.tables).map(([name]) => ({ name, rows: 0, bytes: 0, hash: createHash('sha256') }));
	const files = { count: 0, bytes: 0, hash: createHash('sha256') };
	return {
		rows(table: string, part: Buffer): boolean {
			const sum = tables.find(({ name }) => name === table);
			if (!sum) return false;
			sum.rows += countRows(part);
			sum.bytes += part.length;
			sum.hash.update(part);
			return true;
		},
		file(key: string, bytes: number, sha256: string): string {
			const line = `${sha256}  ${filePath(key)}\n`;
			files.count += 1;
			files.bytes += bytes;
			files.hash.update(line);
			return line;
		},
		end(): Pick<Manifest, 'tables' | 'files'> {
			const sums = tables.map(({ name, rows, bytes, hash }) => [name, { rows, bytes, sha256: hash.digest('hex') }]);
			const { count, bytes, hash } = files;
			return { tables: Object.fromEntries(sums), files: { count, bytes, sha256: hash.digest('hex') } };
		}
	};
}

const numbered = (n: number) => String(n).padStart(6, '0');

export const tablePart = (table: string, n: number) => `tables/${table}/${numbered(n)}.copy`;
export const filePath = (key: string) => `files/${key.slice(0, 2)}/${key.slice(2, 4)}/${key}`;
export const sumsPart = (n: number) => `files-${numbered(n)}.sha256`;

export type EntryName = { table: string } | { file: string } | { sums: true } | undefined;

/** Parses the name of an entry between head and manifest; undefined if this format has no such entry. */
export function readEntryName(name: string): EntryName {
	const [, table] = /^tables\/([a-z0-9_]+)\/\d{6}\.copy$/.exec(name) ?? [];
	if (table) return { table };
	if (/^files-\d{6}\.sha256$/.test(name)) return { sums: true };
	const key = name.split('/').at(-1) ?? '';
	return FILE_KEY.test(key) && name === filePath(key) ? { file: key } : undefined;
}
