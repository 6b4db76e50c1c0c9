import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import { Conflict, Invalid, NotAllowed, NotFound, StorageFull, invalid, type Issue } from '#lib/server/errors.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { MAX_FILE_BYTES } from '#lib/server/uploads/limits.ts';
import { cleanFile, type SentFile } from './check.ts';
import { NUMBER_IN_NAME, numberedName } from './display-name.ts';
import { requireDiskSpace, storeFile } from './disk-reserve.ts';
import { acceptAttribute } from './kinds.ts';
import { MAX_PDF_BYTES } from './picture-and-pdf-limits.ts';
import { fileStore } from './store.ts';

export const MAX_FILES = 5;

/** What a citizen may attach, for the file field. Its script refuses other files before they are uploaded. */
export const citizenFiles = () => ({
	max: MAX_FILES,
	bytes: MAX_FILE_BYTES,
	pdfBytes: MAX_PDF_BYTES,
	accept: acceptAttribute()
});

const { text, ...columns } = getTableColumns(attachments);
/** Columns for lists of files: all but the text of a document, and whether there is a text. */
export const fileColumns = { ...columns, hasText: sql<boolean>`${text} is not null` };
const numberInName = sql`substring(${columns.name} from ${sql.raw(`'${NUMBER_IN_NAME}'`)})::int`;
/** The order of lists of files: by time, and by the numbers in the names of one form's files, which have the same time. */
export const fileOrder = sql`${columns.at}, ${numberInName}, ${columns.name}`;

export type { SentFile };

/** A cleaned file that is stored on the disk and has no row yet. */
export interface KeptFile {
	id: string;
	/**
	 * Null for a citizen's file, which is numbered when its row is inserted. Its own name could reveal who the citizen
	 * is.
	 */
	name: string | null;
	mediaType: string;
	bytes: number;
	width: number | null;
	height: number | null;
	sha256: string;
	text?: string | null;
	forwardBytes?: number | null;
	/** SHA-256 of a PDF as it was sent, if pictures of its pages are stored instead. */
	originalSha256?: string;
}

/** Who sent the files. The office's files keep their names, and its PDFs stay unchanged, because they may be signed. */
export type FilesFrom = 'citizen' | 'office';

export async function sentFiles(files: readonly File[]): Promise<SentFile[]> {
	return Promise.all(
		files.map(async (file) => ({ name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) }))
	);
}

/** SHA-256 of each file as it was sent, to recognise a repeated submission. */
export function fingerprintsOf(files: readonly SentFile[]): string[] {
	return files.map((file) => sha256Hex(file.bytes));
}

/**
 * Cleans and stores files before any transaction begins, because decoding inside one would block all other queries of
 * the embedded database. Files that get no row are deleted by `discardFiles`, or after a crash by the nightly sweep.
 *
 * @throws Invalid with the reason per file, or `file_no_room` if the disk is full. Then none of the files is stored.
 */
export async function keepFiles(files: readonly SentFile[], from: FilesFrom): Promise<KeptFile[]> {
	if (files.length > MAX_FILES) throw invalid('file', 'file_too_many', { max: MAX_FILES });
	if (files.length > 0) await requireDiskSpace(files.reduce((sum, { bytes }) => sum + bytes.length, 0));
	const issues: Issue[] = [];
	const stored: KeptFile[] = [];
	for (const [index, file] of files.entries()) {
		const result = await cleanFile(file, { pdf: from === 'citizen' ? 'pictures' : 'as_sent', position: index + 1 });
		if ('problem' in result) {
			const { problem, params } = result;
			issues.push({ path: 'file', code: `file_${problem}`, params });
			// After one PDF has used up its time limit, the other PDFs of the form are not tried.
			if (problem === 'pdf_too_complex') break;
			continue;
		}
		const { ok } = result;
		// Pictures of pages may be larger than the document was.
		const id = await storeFile(ok.bytes).catch(async (error: unknown) => {
			await discardFiles(stored);
			throw error;
		});
		stored.push({
			id,
			name: from === 'citizen' ? null : ok.displayName,
			mediaType: ok.mediaType,
			bytes: ok.bytes.length,
			width: ok.width ?? null,
			height: ok.height ?? null,
			sha256: sha256Hex(ok.bytes),
			text: ok.text ?? null,
			forwardBytes: ok.forwardBytes ?? null,
			originalSha256: from === 'citizen' && ok.extension === 'pdf' ? sha256Hex(file.bytes) : undefined
		});
	}
	if (issues.length > 0) {
		await discardFiles(stored);
		throw new Invalid(issues);
	}
	return stored;
}

/** Removes files whose rows were never written. */
export async function discardFiles(stored: readonly KeptFile[]): Promise<void> {
	for (const file of stored) await fileStore().remove(file.id);
}

/** Stores the files, and runs the transaction that inserts their rows. @throws as `keepFiles` */
export async function withKeptFiles<T>(
	files: readonly SentFile[],
	from: FilesFrom,
	work: (kept: KeptFile[]) => Promise<T>
): Promise<T> {
	const kept = await keepFiles(files, from);
	return discardUnlessStored(kept, () => work(kept));
}

/**
 * Runs the transaction that inserts the rows of stored files. Removes the files if it refuses the input, or returns
 * false. After any other failure, such as a connection lost during the commit, the rows may exist. Then the files stay,
 * and the nightly sweep removes them if they have no rows.
 */
export async function discardUnlessStored<T>(stored: readonly KeptFile[], work: () => Promise<T>): Promise<T> {
	try {
		const result = await work();
		if (result === false) await discardFiles(stored);
		return result;
	} catch (cause) {
		const refused = [Invalid, NotFound, NotAllowed, Conflict, StorageFull].some((kind) => cause instanceof kind);
		if (refused) await discardFiles(stored);
		throw cause;
	}
}

/**
 * Inserts the rows of stored files, in the transaction of the record they belong to, which has locked the case. A
 * citizen's files are named `Foto 1.jpg` or `Dokumen 2.pdf`, with numbers that continue through the case.
 */
export async function attachFiles(
	tx: Tx,
	stored: readonly KeptFile[],
	to: { caseId: number; messageId?: string; approvalId?: string; public: boolean }
): Promise<void> {
	if (stored.length === 0) return;
	// The highest number and not the count, because files of a draft may have been removed.
	const number = sql<number>`coalesce(max(${numberInName}), 0)`;
	const [before] = await tx.select({ last: number }).from(attachments).where(eq(attachments.caseId, to.caseId));
	const at = now();
	await tx.insert(attachments).values(
		stored.map(({ originalSha256: _, ...file }, index) => {
			const name = file.name ?? numberedName(file.mediaType, (before?.last ?? 0) + index + 1);
			return { ...file, name, ...to, at };
		})
	);
}

/** Moves the files of a draft to the approved answer and makes them public. */
export async function publishDraftFiles(tx: Tx, approvalId: string, messageId: string): Promise<void> {
	await tx
		.update(attachments)
		.set({ messageId, approvalId: null, public: true })
		.where(eq(attachments.approvalId, approvalId));
}

/** Removes the rows of files. The nightly sweep removes their bytes. */
export async function removeFiles(tx: Tx, which: SQL | undefined): Promise<void> {
	await tx.delete(attachments).where(which ?? sql`false`);
}

/**
 * Hashes of PDFs that were sent and not stored, for a timeline entry. With them a person who has the original can prove
 * that it was sent.
 */
export function originalsOf(stored: readonly KeptFile[]): { originals?: string[] } {
	const originals = stored.flatMap(({ originalSha256 }) => originalSha256 ?? []);
	return originals.length > 0 ? { originals } : {};
}

/** The smaller copy of a stored document that is forwarded; undefined if its pages would not be readable. */
export async function smallerCopy(document: Uint8Array): Promise<Buffer | undefined> {
	const { forwardCopy } = await import('./picture-pdf.ts');
	return forwardCopy(document);
}

/** A thumbnail of a stored picture. It is made for each request, so that a private file has no second copy. */
export async function thumbnail(id: string): Promise<Buffer | null> {
	const { thumbnailOf } = await import('./clean-image.ts');
	return thumbnailOf(() => fileStore().read(id));
}
