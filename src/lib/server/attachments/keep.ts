import { createHash, randomUUID } from 'node:crypto';
import { Conflict, Invalid, NotAllowed, NotFound, type Issue } from '../errors.ts';
import { now } from '../clock.ts';
import type { Tx } from '../db/index.ts';
import { attachments } from '../db/schema/cases.ts';
import { cleanFile } from './check.ts';
import { refusedByDisk, requireRoom } from './room.ts';
import { fileStore } from './store.ts';

export const MAX_FILES = 5;

/** A file as it came with a form or call. */
export interface SentFile {
	name: string;
	type: string;
	bytes: Uint8Array;
}

/** A cleaned file that lies safely on disk and waits for its row. */
export interface KeptFile {
	id: string;
	name: string;
	mediaType: string;
	bytes: number;
	width: number | null;
	height: number | null;
	sha256: string;
}

/** Reads the files of a form. */
export async function sentFiles(files: readonly File[]): Promise<SentFile[]> {
	return Promise.all(
		files.map(async (file) => ({ name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) }))
	);
}

/** SHA-256 of what was sent, for telling a repeated submission from another one. */
export function fingerprintsOf(files: readonly SentFile[]): string[] {
	return files.map((file) => createHash('sha256').update(file.bytes).digest('hex'));
}

/**
 * Cleans and writes files before any transaction begins: decoding inside one would hold up every other query of the
 * embedded database. What gets no row afterwards is dropped by `discardFiles`, or after a crash by the nightly sweep.
 *
 * @param pdf whether documents are taken: with identity `none` they are not, their traces can't all be removed
 * @throws Invalid with the reason per file, or `file_no_room` where the disk is full; nothing of the lot is kept then
 */
export async function keepFiles(files: readonly SentFile[], { pdf }: { pdf: boolean }): Promise<KeptFile[]> {
	if (files.length > MAX_FILES)
		throw new Invalid([{ path: 'file', code: 'file_too_many', params: { max: MAX_FILES } }]);
	if (files.length > 0) await requireRoom(files.reduce((sum, { bytes }) => sum + bytes.length, 0));
	const issues: Issue[] = [];
	const kept: KeptFile[] = [];
	for (const [index, file] of files.entries()) {
		const result = await cleanFile(
			{ name: file.name, bytes: file.bytes, declaredType: file.type },
			{ pdf, position: index + 1 }
		);
		if ('problem' in result) {
			const { problem, params } = result;
			issues.push({ path: 'file', code: `file_${problem}`, params: { ...params, name: file.name.slice(0, 80) } });
			continue;
		}
		const { ok } = result;
		const id = randomUUID();
		try {
			await fileStore().put(id, ok.bytes);
		} catch (error) {
			await discardFiles(kept);
			throw refusedByDisk(error) ?? error;
		}
		kept.push({
			id,
			name: ok.displayName,
			mediaType: ok.mediaType,
			bytes: ok.bytes.length,
			width: ok.width ?? null,
			height: ok.height ?? null,
			sha256: createHash('sha256').update(ok.bytes).digest('hex')
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
	const refused = [Invalid, NotFound, NotAllowed, Conflict].some((kind) => cause instanceof kind);
	if (refused) await discardFiles(kept);
}

/** Gives kept files their rows, in the transaction of what they belong to. */
export async function attachFiles(
	tx: Tx,
	kept: readonly KeptFile[],
	to: { caseId: number; messageId?: string; approvalId?: string; public: boolean }
): Promise<void> {
	if (kept.length === 0) return;
	await tx.insert(attachments).values(kept.map((file) => ({ ...file, ...to, at: now() })));
}
