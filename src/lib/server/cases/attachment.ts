import { and, eq, sql, type SQL } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { forwardCopy } from '#lib/server/attachments/picture-pdf.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { visibleTo } from './scope.ts';
import type { TrackedCase } from './track.ts';

/** A kept file as it is sent to who may see it. */
export interface ServedFile {
	name: string;
	mediaType: string;
	bytes: Buffer;
}

/** Which form of a file is asked for: as it is kept, the copy that fits LAPOR, or the text on its pages. */
export type FileForm = 'kept' | 'forward' | 'text';

async function served(id: string, right: SQL | undefined, form: FileForm): Promise<ServedFile> {
	const { name, mediaType, text, forwardBytes } = attachments;
	const [file] = isUuid(id)
		? await db()
				.select({ name, mediaType, forwardBytes, text: form === 'text' ? text : sql<null>`null` })
				.from(attachments)
				.innerJoin(cases, eq(cases.id, attachments.caseId))
				.where(and(eq(attachments.id, id), right))
		: [];
	if (!file || (form === 'text' && file.text === null)) throw new NotFound(`attachment ${id}`);
	if (file.text !== null) {
		const name = file.name.replace(/\.pdf$/i, '.txt');
		return { name, mediaType: 'text/plain', bytes: Buffer.from(file.text) };
	}
	const kept = await fileStore().read(id);
	const bytes = kept && form === 'forward' && file.forwardBytes !== null ? await forwardCopy(kept) : kept;
	if (!bytes) throw new NotFound(`attachment ${id}`);
	return { name: file.name, mediaType: file.mediaType, bytes };
}

/** A file of the case that its reporter has open; the office's own files are not there. @throws NotFound */
export async function attachmentForReporter(
	tracked: TrackedCase,
	id: string,
	form: FileForm = 'kept'
): Promise<ServedFile> {
	const own = and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash));
	return served(id, and(own, eq(attachments.public, true)), form);
}

/** A file of a case that the actor may see. @throws NotFound */
export async function attachmentForActor(actor: Actor, id: string, form: FileForm = 'kept'): Promise<ServedFile> {
	return served(id, visibleTo(actor), form);
}
