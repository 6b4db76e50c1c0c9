import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { pack } from 'tar-stream';
import { HEAD, MANIFEST, filePath, sumLine, sumsPart, tablePart, type Head, type Manifest } from './archive-format.ts';
import { seal } from './sealing.ts';

const SUMS_PART_BYTES = 512 * 1024;
const NEWLINE = 0x0a;

export interface ArchiveWriter {
	/** Adds whole rows of a table as COPY's text format has them. */
	rows(table: string, bytes: Buffer): Promise<void>;
	/** Adds a file. @returns its SHA-256 */
	file(key: string, bytes: number, content: Readable): Promise<string>;
	/** Writes the last entry and waits until everything is on the disk. */
	finish(rest: Pick<Manifest, 'lost' | 'pendingEvents'>): Promise<Manifest>;
	/** Lets go of the file; what was written so far is the caller's to remove. */
	abandon(cause: Error): Promise<void>;
}

/** Rows in a part: in COPY's text format a line break inside a value is written `\n`, so each byte of it ends a row. */
export function countRows(bytes: Buffer): number {
	let rows = 0;
	for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) rows += 1;
	return rows;
}

/**
 * Writes an archive to `path`, which must not exist: tar, compressed by zstd, encrypted where a passphrase is given. It
 * holds no more in memory than a part of a table and what the streams have in hand.
 */
export async function writeArchive(path: string, head: Head, passphrase: string | undefined): Promise<ArchiveWriter> {
	const tar = pack();
	const compressed = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
	const fed = pipeline(tar, compressed);
	const sink = passphrase === undefined ? compressed : await seal(compressed, passphrase);
	const written = pipeline(sink, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
	const ended = Promise.all([fed, written]);
	// The next entry throws this error. Until then a broken disk must not become an unhandled rejection.
	ended.catch(() => {});
	const broken = ended.then<never>(() => Promise.reject(new Error('the archive ended before its last entry')));
	const breaking = new AbortController();
	broken.catch((cause: Error) => breaking.abort(cause));

	const mtime = new Date(head.moment);
	const started = (name: string, size: number) => ({ name, size, mtime, mode: 0o600 });
	const add = (name: string, content: Buffer): Promise<void> =>
		Promise.race([
			broken,
			new Promise<void>((done, failed) => {
				tar.entry(started(name, content.length), content, (error) => (error ? failed(error) : done()));
			})
		]);

	const tables = Object.fromEntries(
		Object.keys(head.tables).map((name) => [name, { parts: 0, rows: 0, bytes: 0, hash: createHash('sha256') }])
	);
	const files = { count: 0, bytes: 0, hash: createHash('sha256') };
	const sums = { parts: 0, text: '' };
	const writeSums = async () => {
		if (sums.text === '') return;
		const text = Buffer.from(sums.text);
		sums.text = '';
		await add(sumsPart(++sums.parts), text);
	};

	const headBytes = Buffer.from(`${JSON.stringify(head, null, '\t')}\n`);
	await add(HEAD, headBytes);
	return {
		async rows(table, bytes) {
			const sum = tables[table];
			if (!sum) throw new RangeError(`the table ${table} does not stand in the head`);
			sum.parts += 1;
			sum.rows += countRows(bytes);
			sum.bytes += bytes.length;
			sum.hash.update(bytes);
			await add(tablePart(table, sum.parts), bytes);
		},
		async file(key, bytes, content) {
			const hash = createHash('sha256');
			const entry = tar.entry(started(filePath(key), bytes));
			const hashed = async function* () {
				for await (const chunk of content as AsyncIterable<Buffer>) {
					hash.update(chunk);
					yield chunk;
				}
			};
			try {
				await Promise.race([broken, pipeline(hashed, entry, { signal: breaking.signal })]);
			} finally {
				content.destroy();
			}
			const sha256 = hash.digest('hex');
			files.count += 1;
			files.bytes += bytes;
			const line = sumLine(key, sha256);
			files.hash.update(line);
			sums.text += line;
			if (sums.text.length >= SUMS_PART_BYTES) await writeSums();
			return sha256;
		},
		async finish(rest) {
			await writeSums();
			const manifest: Manifest = {
				head: createHash('sha256').update(headBytes).digest('hex'),
				tables: Object.fromEntries(
					Object.entries(tables).map(([name, { rows, bytes, hash }]) => [
						name,
						{ rows, bytes, sha256: hash.digest('hex') }
					])
				),
				files: { count: files.count, bytes: files.bytes, sha256: files.hash.digest('hex') },
				...rest
			};
			await add(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, '\t')}\n`));
			tar.finalize();
			await ended;
			return manifest;
		},
		async abandon(cause) {
			tar.destroy(cause);
			await ended.catch(() => {});
		}
	};
}
