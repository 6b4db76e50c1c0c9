import { z } from 'zod';
import { FILE_KEY } from '#lib/server/integrations/storage/disk.ts';

/** What an archive is: raised when an older program could no longer read it. */
export const FORMAT = 1;

/** The first entry, read before anything is done with the rest; and the last, without which an archive is not whole. */
export const HEAD = 'spatula-backup.json';
export const MANIFEST = 'manifest.json';

export const headSchema = z.object({
	format: z.int().positive(),
	/** Version of the program that wrote it. */
	version: z.string(),
	/** Everything acknowledged before this moment is in the archive. */
	moment: z.iso.datetime(),
	engine: z.enum(['pglite', 'postgres']),
	/** Names of the applied migrations, in their order. */
	migrations: z.array(z.string()).min(1),
	/** Tells whether APP_KEY is the one the data were made with; says nothing about the key. */
	keyFingerprint: z.string(),
	/** The columns of each table, in the order in which its rows hold them. */
	tables: z.record(z.string(), z.array(z.string()).min(1)),
	/** Where counters of identity columns stand, by `table.column`. */
	identities: z.record(z.string(), z.string())
});
export type Head = z.output<typeof headSchema>;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const manifestSchema = z.object({
	/** SHA-256 of the first entry's bytes. */
	head: hash,
	/** For each table: its rows, and the size and SHA-256 of its concatenated parts. */
	tables: z.record(z.string(), z.object({ rows: z.int(), bytes: z.int(), sha256: hash })),
	/** SHA-256 of the lines of all `files-….sha256` one after the other. */
	files: z.object({ count: z.int(), bytes: z.int(), sha256: hash }),
	/** Attachments whose file was not on the disk, or was not what the row says, when the backup was made. */
	lost: z.array(z.string()),
	/** Jobs that have no row of their own and were not done yet. */
	pendingEvents: z.array(z.object({ caseId: z.int(), seq: z.int() }))
});
export type Manifest = z.output<typeof manifestSchema>;

const numbered = (n: number) => String(n).padStart(6, '0');

export const tablePart = (table: string, n: number) => `tables/${table}/${numbered(n)}.copy`;
export const filePath = (key: string) => `files/${key.slice(0, 2)}/${key.slice(2, 4)}/${key}`;
export const sumsPart = (n: number) => `files-${numbered(n)}.sha256`;
/** As `sha256sum --check` reads it beside the unpacked archive. */
export const sumLine = (key: string, sha256: string) => `${sha256}  ${filePath(key)}\n`;

export type EntryName = { table: string } | { file: string } | { sums: true } | undefined;

/** What an entry between the first and the last one holds; undefined: nothing this format knows. */
export function readEntryName(name: string): EntryName {
	const [, table] = /^tables\/([a-z0-9_]+)\/\d{6}\.copy$/.exec(name) ?? [];
	if (table) return { table };
	if (/^files-\d{6}\.sha256$/.test(name)) return { sums: true };
	const key = name.split('/').at(-1) ?? '';
	return FILE_KEY.test(key) && name === filePath(key) ? { file: key } : undefined;
}
