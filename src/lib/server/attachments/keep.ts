import { createHash, randomUUID } from 'node:crypto';
import { eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import { Conflict, Invalid, NotAllowed, NotFound, StorageFull, type Issue } from '#lib/server/errors.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { cleanFile, type SentFile } from './check.ts';
import { numberedName } from './display-name.ts';
import { refusedByDisk, requireRoom } from './room.ts';
import { fileStore } from './store.ts';

export const MAX_FILES = 5;

const { text, ...columns } = getTableColumns(attachments);
/** What lists of files read of a row: everything but the text of a document, and whether there is one. */
export const fileColumns = { ...columns, hasText: sql<boolean>`${text} is not null` };

export type { SentFile };

/** A cleaned file that lies safely on disk and waits for its row. */
export interface KeptFile {
	id: string;
	/** Null for a citizen's file: it is numbered when it gets its row, for its own name may say whose it is. */
	name: string | null;
	mediaType: string;
	bytes: number;
	width: number | null;
	height: number | null;
	sha256: string;
	text?: string | null;
	forwardBytes?: number | null;
	/** SHA-256 of a PDF as it was sent, where pictures of its pages are kept instead. */
	originalSha256?: string;
}

/** Who files are from. The office's own keep their names, and their PDFs stay as they are: they may be signed. */
export type FilesFrom = 'citizen' | 'office';

/** Reads the files of a form. */
export async function sentFiles(files: readonly File[]): Promise<SentFile[]> {
	return Promise.all(
		files.map(async (file) => ({ name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) }))
	);
}

/** SHA-256 of what was sent, for telling a repeated submission from another one. */
export function fingerprintsOf(files: readonly SentFile[]): string[] {
	return files.map((file) => sha256(file.bytes));
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/**
 * Cleans and writes files before any transaction begins: decoding inside one would hold up every other query of the embedded
 * database. What gets no row afterwards is dropped by `discardFiles`, or after a crash by the nightly sweep.
 * @throws Invalid with the reason per file, or `file_no_room` where the disk is full; nothing of the lot is kept then
 */
export async function keepFiles(files: readonly SentFile[], from: FilesFrom): Promise<KeptFile[]> {
	if (files.length > MAX_FILES)
		throw new Invalid([{ path: 'file', code: 'file_too_many', params: { max: MAX_FILES } }]);
	if (files.length > 0) await requireRoom(files.reduce((sum, { bytes }) => sum + bytes.length, 0));
	const issues: Issue[] = [];
	const kept: KeptFile[] = [];
	for (const [index, file] of files.entries()) {
		const result = await cleanFile(file, { pdf: from === 'citizen' ? 'pictures' : 'as_sent', position: index + 1 });
		if ('problem' in result) {
			const { problem, params } = result;
			issues.push({ path: 'file', code: `file_${problem}`, params: { ...params, name: file.name.slice(0, 80) } });
			// After one PDF has used up its time limit, the other PDFs of the form are not tried.
			if (problem === 'pdf_too_complex') break;
			continue;
		}
		const { ok } = result;
		const id = randomUUID();
		try {
			// Pictures of pages may weigh more than the document did.
			await requireRoom(ok.bytes.length);
			await fileStore().put(id, ok.bytes);
		} catch (error) {
			await discardFiles(kept);
			throw refusedByDisk(error) ?? error;
		}
		kept.push({
			id,
			name: from === 'citizen' ? null : ok.displayName,
			mediaType: ok.mediaType,
			bytes: ok.bytes.length,
			width: ok.width ?? null,
			height: ok.height ?? null,
			sha256: sha256(ok.bytes),
			text: ok.text ?? null,
			forwardBytes: ok.forwardBytes ?? null,
			...(from === 'citizen' && ok.extension === 'pdf' ? { originalSha256: sha256(file.bytes) } : {})
		});
	}
	if (issues.length > 0) {
		await discardFiles(kept);
		throw new Invalid(issues);
	}
	return kept;
}

/** Removes files whose rows were never written. */
export async function discardFiles(kept: readonly KeptFile[]): Promise<void> {
	for (const file of kept) await fileStore().remove(file.id);
}

/**
 * Removes files after a transaction that refused what was sent. After any other failure (a connection lost while it
 * committed) the rows may be there all the same: then the files stay, and the nightly sweep removes them if they aren't.
 */
export async function discardRefused(cause: unknown, kept: readonly KeptFile[]): Promise<void> {
	const refused = [Invalid, NotFound, NotAllowed, Conflict, StorageFull].some((kind) => cause instanceof kind);
	if (refused) await discardFiles(kept);
}

/**
 * Gives kept files their rows, in the transaction of what they belong to, which holds the lock of the case. A citizen's
 * file is called `Foto 1.jpg` or `Dokumen 2.pdf`, numbered through the case.
 */
export async function attachFiles(
	tx: Tx,
	kept: readonly KeptFile[],
	to: { caseId: number; messageId?: string; approvalId?: string; public: boolean }
): Promise<void> {
	if (kept.length === 0) return;
	// Not their count: files of a draft may have been removed.
	const number = sql<number>`coalesce(max(substring(${attachments.name} from '^(?:Foto|Dokumen) ([0-9]{1,4})[.]')::int), 0)`;
	const [before] = await tx.select({ last: number }).from(attachments).where(eq(attachments.caseId, to.caseId));
	const at = now();
	await tx.insert(attachments).values(
		kept.map(({ originalSha256: _, ...file }, index) => {
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
	await tx.delete(attachments).where(which);
}

/** What a timeline entry says of PDFs that were sent and not kept, so that who holds the original can prove it. */
export function originalsOf(kept: readonly KeptFile[]): { originals?: string[] } {
	const originals = kept.flatMap(({ originalSha256 }) => originalSha256 ?? []);
	return originals.length > 0 ? { originals } : {};
}
