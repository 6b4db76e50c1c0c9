import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, gte, sql } from 'drizzle-orm';
import { z } from 'zod';
import { RETENTION_PARTS, type RetentionKind } from '#lib/privacy/retention.ts';
import { db } from '#lib/server/db/index.ts';
import { tombstones } from '#lib/server/db/schema/retention.ts';
import { backupFolder } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { syncFolder } from '#lib/server/integrations/storage/disk.ts';
import { keyedHex, sameSecret } from '#lib/server/keys.ts';

/**
 * The journal of destructions is a file beside the backups, because a backup from before a destruction knows nothing of
 * it. Each line is one batch: what was destroyed, by which decree and rule. It contains ids and no personal data. Its last
 * field `mac` is a keyed hash of the others, because whoever can write to the folder could otherwise make the next restore
 * destroy any case.
 */
export const JOURNAL = 'destroyed.jsonl';

const lineSchema = z.object({
	destructionId: z.uuid(),
	decreeNumber: z.string(),
	decreeOn: z.iso.date(),
	part: z.enum(RETENTION_PARTS),
	kind: z.string().transform((kind) => kind as RetentionKind),
	months: z.int(),
	jraCode: z.string(),
	destroyedAt: z.iso.datetime(),
	ids: z.array(z.string())
});
export type JournalLine = z.output<typeof lineSchema>;

const macOf = (line: object): string => keyedHex('destruction-journal', JSON.stringify(line));

/** The values of a line; undefined if a power cut left it incomplete. */
function valuesOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Whether the site wrote these values with its APP_KEY. */
function isVerified(values: unknown): boolean {
	if (typeof values !== 'object' || values === null) return false;
	const { mac, ...line } = values as Record<string, unknown>;
	return typeof mac === 'string' && sameSecret(mac, macOf(line));
}

/**
 * Reads the journal of a folder. A line that a power cut left incomplete is skipped: `healJournal` writes it again.
 *
 * @param skipUnverified also skips lines that this site did not write with its APP_KEY
 * @returns undefined if the folder has no journal
 * @throws StartError for such a line
 */
export async function readJournal(folder: string, skipUnverified: boolean): Promise<JournalLine[] | undefined> {
	const path = join(folder, JOURNAL);
	const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
		throw error;
	});
	return text?.split('\n').flatMap((line, index) => {
		const values = valuesOf(line);
		if (values === undefined) return [];
		if (isVerified(values)) return lineSchema.safeParse(values).data ?? [];
		if (skipUnverified) return [];
		throw new StartError(
			`line ${index + 1} of ${path} was not written by this site with this APP_KEY: use an intact copy of the file, or --skip-unverified to go on without such lines`
		);
	});
}

/** Appends lines to the journal of the folder of backups. Returns when they would survive a power cut. */
export async function appendToJournal(lines: readonly JournalLine[]): Promise<void> {
	const folder = backupFolder();
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const file = await open(join(folder, JOURNAL), 'a', 0o600);
	try {
		// A line break first, because the last line may be incomplete.
		const texts = lines.map((line) => JSON.stringify({ ...line, mac: macOf(line) }));
		if (texts.length > 0) await file.write(`\n${texts.join('\n')}\n`);
		await file.sync();
	} finally {
		await file.close();
	}
	await syncFolder(folder);
}

const keyOf = ({ destructionId, part, kind, destroyedAt }: Omit<JournalLine, 'ids'>) =>
	[destructionId, part, kind, destroyedAt].join(' ');

/**
 * Adds the batches of the database that the journal lacks, for example because the process ended just after a commit.
 * Creates an empty journal, so that a restore can tell that there is nothing to apply again.
 *
 * @param from number of the tombstone from which on batches were just committed, so that earlier ones are not read
 */
export async function healJournal(from = 0): Promise<void> {
	const { destructionId, decreeNumber, decreeOn, part, kind, months, jraCode, destroyedAt } = tombstones;
	const batch = { destructionId, decreeNumber, decreeOn, part, kind, months, jraCode };
	const found = await db()
		.select({
			...batch,
			destroyedAt,
			ids: sql<string[]>`json_agg(${tombstones.subjectId} order by ${tombstones.id})`
		})
		.from(tombstones)
		.where(gte(tombstones.id, from))
		.groupBy(...Object.values(batch), destroyedAt)
		.orderBy(asc(destroyedAt), asc(part), asc(kind));
	const lines = found.map((line) => ({ ...line, destroyedAt: line.destroyedAt.toISOString() }));
	const known = from > 0 ? [] : await readJournal(backupFolder(), true);
	const written = new Map(known?.map((line) => [keyOf(line), line.ids.length]));
	await appendToJournal(lines.filter((line) => written.get(keyOf(line)) !== line.ids.length));
}
