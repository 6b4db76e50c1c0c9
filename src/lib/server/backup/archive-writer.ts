import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { pack } from 'tar-stream';
import {
	createTally,
	filePath,
	HEAD,
	MANIFEST,
	sumsPart,
	tablePart,
	type Head,
	type Manifest
} from './archive-format.ts';
import { encryptStream } from './encryption.ts';

const SUMS_PART_BYTES = 512 * 1024;

export interface ArchiveWriter {
	rows(table: string, bytes: Buffer): Promise<void>;
	file(key: string, bytes: number, content: Readable): Promise<string>;
	finish(rest: Pick<Manifest, 'lost' | 'pendingEvents' | 'pendingJobs'>): Promise<Manifest>;
	/** Closes the file. The caller deletes it. */
	abandon(cause: Error): Promise<void>;
}

/**
 * Writes an archive to `path`, which must not exist: a tar, compressed with zstd, and encrypted if there is a
 * passphrase. In memory are at most one part of a table and the buffers of the streams.
 */
export async function writeArchive(path: string, head: Head, passphrase: string | undefined): Promise<ArchiveWriter> {
	const tar = pack();
	const compressed = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
	const fed = pipeline(tar, compressed);
	const sink = passphrase === undefined ? compressed : await encryptStream(compressed, passphrase);
	const written = pipeline(sink, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
	const ended = Promise.all([fed, written]);
	// The next entry throws this error. Until then a broken disk must not become an unhandled rejection.
	ended.catch(() => {});
	const broken = ended.then<never>(() => Promise.reject(new Error('the archive ended before its last entry')));
	const breaking = new AbortController();
	broken.catch((cause: Error) => breaking.abort(cause));

	const mtime = new Date(head.moment);
	const entryHeader = (name: string, size: number) => ({ name, size, mtime, mode: 0o600 });
	const add = (name: string, content: Buffer): Promise<void> =>
		Promise.race([
			broken,
			new Promise<void>((done, failed) => {
				tar.entry(entryHeader(name, content.length), content, (error) => (error ? failed(error) : done()));
			})
		]);

	const tally = createTally(head);
	const parts = new Map<string, number>();
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
			if (!tally.rows(table, bytes)) throw new RangeError(`the table ${table} does not stand in the head`);
			const part = (parts.get(table) ?? 0) + 1;
			parts.set(table, part);
			await add(tablePart(table, part), bytes);
		},
		async file(key, bytes, content) {
			const hash = createHash('sha256');
			const entry = tar.entry(entryHeader(filePath(key), bytes));
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
			sums.text += tally.file(key, bytes, sha256);
			if (sums.text.length >= SUMS_PART_BYTES) await writeSums();
			return sha256;
		},
		async finish(rest) {
			await writeSums();
			const manifest: Manifest = {
				head: createHash('sha256').update(headBytes).digest('hex'),
				...tally.end(),
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
