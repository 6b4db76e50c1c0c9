import { buffer } from 'node:stream/consumers';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import type { SentFile } from '#lib/server/attachments/check.ts';
import { Invalid, invalid, type Issue } from '#lib/server/errors.ts';
import { MAX_FILE_BYTES } from '#lib/server/uploads/limits.ts';

const MEGABYTE = 1024 * 1024;
/** Files in all archives of a form. A table has at most 500 officers. */
export const MAX_ENTRIES = 1000;
/** Bytes of all archives when unpacked. They are unpacked one file at a time. */
const MAX_UNPACKED = 500 * MEGABYTE;
/** Pictures are compressed already, so a file that shrinks by more than this factor is no picture. */
const MAX_RATIO = 50;
/** A file below this size is harmless, whatever its ratio. */
const RATIO_FROM = MEGABYTE;
/** Files that systems add to archives on their own. */
const SYSTEM_FILES = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

/** A file in an archive. */
export interface PackedFile {
	/** The name without folders, as people know it. */
	name: string;
	/** Unpacks it. @throws Invalid if its content is not what the archive says */
	read: () => Promise<SentFile>;
}

export const isArchive = ({ bytes }: SentFile): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/**
 * Lists the files of ZIP archives without unpacking them.
 * @throws Invalid if one is no ZIP, is cut off, or has too many or too large files
 */
export async function filesIn(archives: readonly SentFile[]): Promise<PackedFile[]> {
	const files: PackedFile[] = [];
	let unpacked = 0;
	for (const { name: archive, bytes } of archives) {
		if (bytes.length > MAX_FILE_BYTES)
			throw invalid('file', 'file_too_large', { name: archive, limitMegabytes: MAX_FILE_BYTES / MEGABYTE });
		try {
			// Names are decoded and checked here, because the reader stops at the first name that it refuses.
			const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };
			const zip = await fromBufferPromise(Buffer.from(bytes), options);
			for await (const entry of zip.eachEntry()) {
				const file = fileOf(zip, entry);
				if (!file) continue;
				files.push(file);
				unpacked += entry.uncompressedSize;
				if (files.length > MAX_ENTRIES) throw invalid('file', 'zip_entries', { name: archive, max: MAX_ENTRIES });
				if (unpacked > MAX_UNPACKED)
					throw invalid('file', 'zip_unpacked', { name: archive, limitMegabytes: MAX_UNPACKED / MEGABYTE });
			}
		} catch (cause) {
			if (cause instanceof Invalid) throw cause;
			throw invalid('file', 'zip_unreadable', { name: archive });
		}
	}
	return files;
}

const UTF8_NAMES = 0x800;

/** A file of an archive; undefined for folders and files of the system. */
function fileOf(zip: ZipFile, entry: Entry): PackedFile | undefined {
	const encoding = entry.generalPurposeBitFlag & UTF8_NAMES ? 'utf8' : 'latin1';
	const path = entry.fileNameRaw.toString(encoding).normalize('NFC');
	if (path.endsWith('/') || SYSTEM_FILES.test(path)) return undefined;
	const name = path.split(/[/\\]/).at(-1) ?? path;
	const { compressedSize, uncompressedSize } = entry;
	const problem = (code: string, params: Issue['params'] = {}): PackedFile => ({
		name,
		read: () => Promise.reject(invalid('file', code, { name, ...params }))
	});
	if (/^[/\\]|^[a-z]:|\\|\0/i.test(path) || path.split('/').includes('..')) return problem('zip_path');
	if (entry.isEncrypted()) return problem('zip_encrypted');
	if (!entry.canDecodeFileData()) return problem('zip_broken');
	if (uncompressedSize > MAX_FILE_BYTES)
		return problem('file_too_large', { limitMegabytes: MAX_FILE_BYTES / MEGABYTE });
	if (uncompressedSize > RATIO_FROM && uncompressedSize > MAX_RATIO * compressedSize) return problem('zip_ratio');
	const read = async () => {
		try {
			return { name, type: '', bytes: await buffer(await zip.openReadStreamPromise(entry)) };
		} catch {
			throw invalid('file', 'zip_broken', { name });
		}
	};
	return { name, read };
}
