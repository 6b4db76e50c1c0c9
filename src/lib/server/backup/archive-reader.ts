import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import { createZstdDecompress } from 'node:zlib';
import { extract, type Entry } from 'tar-stream';
import type { z } from 'zod';
import {
	createTally,
	FORMAT,
	HEAD,
	headSchema,
	MANIFEST,
	manifestSchema,
	readEntryName,
	type Head,
	type Manifest
} from './archive-format.ts';
import { BackupFault } from './fault.ts';
import { MAGIC_BYTES, isEncrypted, decryptStream } from './encryption.ts';

/** Receives the contents of an archive while it is read. Missing functions mean that the content is only checked. */
export interface ArchiveConsumer {
	head(head: Head): Promise<void>;
	rows(table: string, columns: readonly string[], bytes: Buffer): Promise<void>;
	file(key: string, content: AsyncIterable<Buffer>): Promise<void>;
	/** Called last, after the manifest was checked against the contents. */
	manifest(manifest: Manifest): Promise<void>;
}

const damaged = (why: string, cause?: unknown) =>
	new BackupFault('damaged', `the backup is damaged: ${why}`, { cause });

/** Whether the archive is encrypted. @throws BackupFault if the file can't be read */
export async function isEncryptedArchive(path: string): Promise<boolean> {
	let file;
	try {
		file = await open(path, 'r');
		const { buffer } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
		return isEncrypted(buffer);
	} catch (cause) {
		throw new BackupFault('no_archive', `${path} can't be read: ${(cause as Error).message}`, { cause });
	} finally {
		await file?.close();
	}
}

/**
 * Refuses a plain archive while the site has a passphrase. Anybody could have written it, because only encryption proves
 * that an archive was made with the passphrase.
 *
 * @throws BackupFault `not_encrypted`, `no_archive`
 */
export async function requireEncrypted(path: string, passphrase: string | undefined): Promise<void> {
	if (passphrase !== undefined && !(await isEncryptedArchive(path)))
		throw new BackupFault(
			'not_encrypted',
			`${path} is not encrypted although BACKUP_PASSPHRASE is set, so anybody could have written it: use an encrypted backup, or --accept-plain to take it nevertheless`
		);
}

/**
 * Yields the entries of an archive. Every error in the file becomes a BackupFault: `damaged`, or a fault about the
 * passphrase.
 */
async function* entriesOf(
	path: string,
	passphrase: string | undefined,
	signal: AbortSignal | undefined
): AsyncGenerator<Entry> {
	const encrypted = await isEncryptedArchive(path);
	if (encrypted && passphrase === undefined)
		throw new BackupFault(
			'passphrase_missing',
			'the backup is encrypted: set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE'
		);
	const raw: Readable = createReadStream(path, { highWaterMark: 256 * 1024 });
	const tar = extract();
	const ending = new AbortController();
	let feeding: Promise<void> | undefined;
	try {
		const plain = encrypted ? await decryptStream(raw, passphrase ?? '') : raw;
		feeding = pipeline(plain, createZstdDecompress(), tar, {
			signal: AbortSignal.any([ending.signal, ...(signal ? [signal] : [])])
		});
		feeding.catch((error: Error) => tar.destroy(error));
		for await (const entry of tar) yield entry;
		await feeding;
	} catch (cause) {
		if (signal?.aborted) throw new BackupFault('stopped', 'stopped before it was done', { cause });
		if (cause instanceof BackupFault) throw cause;
		throw damaged((cause as Error).message, cause);
	} finally {
		ending.abort();
		raw.destroy();
		await feeding?.catch(() => {});
	}
}

/** Yields the content of an entry. A read error means that the archive is damaged. */
async function* contentOf(entry: Entry): AsyncGenerator<Buffer> {
	try {
		yield* entry;
	} catch (cause) {
		throw damaged((cause as Error).message, cause);
	}
}

async function bytesOf(entry: AsyncIterable<Buffer>): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of entry) chunks.push(chunk);
	return Buffer.concat(chunks);
}

function parsed<T>(schema: z.ZodType<T>, bytes: Buffer, name: string): T {
	try {
		return schema.parse(JSON.parse(bytes.toString()));
	} catch (cause) {
		throw damaged(`${name} can't be read`, cause);
	}
}

function readHead(bytes: Buffer): Head {
	const { format } = parsed(headSchema.pick({ format: true }).loose(), bytes, HEAD) as { format: number };
	if (format > FORMAT)
		throw new BackupFault('newer', `the backup has format ${format}, made by a newer program than this one`);
	return parsed(headSchema, bytes, HEAD);
}

/**
 * Reads an archive to its end, passes its contents to `consumer`, and checks every count and hash against the manifest.
 * At most one part of a table is in memory, and never a whole file.
 *
 * @param onProgress called with the number of bytes of contents read so far
 * @throws BackupFault `damaged`, `passphrase_missing`, `passphrase_wrong`, `newer`, `no_archive`; and errors that the
 *   consumer throws
 */
export async function readArchive(
	path: string,
	passphrase: string | undefined,
	{
		consumer,
		onProgress,
		signal
	}: { consumer?: Partial<ArchiveConsumer>; onProgress?: (bytes: number) => void; signal?: AbortSignal } = {}
): Promise<{ head: Head; manifest: Manifest }> {
	const checker = createChecker(consumer);
	let bytes = 0;
	for await (const entry of entriesOf(path, passphrase, signal)) {
		await checker.readEntry(entry.header.name, contentOf(entry));
		onProgress?.((bytes += entry.header.size ?? 0));
	}
	return checker.end();
}

function createChecker(consumer: Partial<ArchiveConsumer> = {}) {
	let head: Head | undefined;
	let manifest: Manifest | undefined;
	let headSum = '';
	let tally: ReturnType<typeof createTally> | undefined;
	const sumsHash = createHash('sha256');

	async function readRows(table: string, content: AsyncIterable<Buffer>): Promise<void> {
		const bytes = await bytesOf(content);
		if (!tally?.rows(table, bytes)) throw damaged(`the table ${table} is not announced`);
		await consumer.rows?.(table, head?.tables[table] ?? [], bytes);
	}

	async function readFileEntry(key: string, content: AsyncIterable<Buffer>): Promise<void> {
		const hash = createHash('sha256');
		let bytes = 0;
		const hashed = async function* () {
			for await (const chunk of content) {
				hash.update(chunk);
				bytes += chunk.length;
				yield chunk;
			}
		};
		if (consumer.file) await consumer.file(key, hashed());
		else for await (const _chunk of hashed());
		tally?.file(key, bytes, hash.digest('hex'));
	}

	return {
		async readEntry(name: string, content: AsyncIterable<Buffer>): Promise<void> {
			if (manifest) throw damaged(`something follows ${MANIFEST}`);
			if (!head) {
				if (name !== HEAD) throw damaged(`it does not begin with ${HEAD}`);
				const bytes = await bytesOf(content);
				headSum = createHash('sha256').update(bytes).digest('hex');
				head = readHead(bytes);
				tally = createTally(head);
				await consumer.head?.(head);
			} else if (name === MANIFEST) {
				manifest = parsed(manifestSchema, await bytesOf(content), MANIFEST);
			} else {
				const entry = readEntryName(name);
				if (!entry) throw damaged(`${name} is no part of it`);
				if ('table' in entry) await readRows(entry.table, content);
				else if ('file' in entry) await readFileEntry(entry.file, content);
				else sumsHash.update(await bytesOf(content));
			}
		},
		async end(): Promise<{ head: Head; manifest: Manifest }> {
			if (!head || !tally || !manifest) throw damaged('it ends too early');
			if (manifest.head !== headSum) throw damaged(`${HEAD} is not as the manifest says`);
			const { tables, files } = tally.end();
			for (const name of new Set([...Object.keys(tables), ...Object.keys(manifest.tables)]))
				if (!isDeepStrictEqual(tables[name], manifest.tables[name]))
					throw damaged(`the rows of ${name} are not as the manifest says`);
			if (!isDeepStrictEqual(files, manifest.files)) throw damaged('the files are not as the manifest says');
			if (sumsHash.digest('hex') !== files.sha256) throw damaged('the list of files is not as the files are');
			await consumer.manifest?.(manifest);
			return { head, manifest };
		}
	};
}
