import { and, eq, type SQL } from 'drizzle-orm';
import { isUuid } from '../../text/uuid.ts';
import { fileStore } from '../attachments/store.ts';
import { db } from '../db/index.ts';
import { attachments, cases } from '../db/schema/cases.ts';
import { NotFound } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { visibleTo } from './scope.ts';
import type { TrackedCase } from './track.ts';

/** A kept file as it is sent to who may see it. */
export interface ServedFile {
	name: string;
	mediaType: string;
	bytes: Buffer;
}

async function served(id: string, right: SQL | undefined): Promise<ServedFile> {
	const [file] = isUuid(id)
		? await db()
				.select({ id: attachments.id, name: attachments.name, mediaType: attachments.mediaType })
				.from(attachments)
				.innerJoin(cases, eq(cases.id, attachments.caseId))
				.where(and(eq(attachments.id, id), right))
		: [];
	const bytes = file ? await fileStore().read(file.id) : null;
	if (!file || !bytes) throw new NotFound(`attachment ${id}`);
	return { name: file.name, mediaType: file.mediaType, bytes };
}

/** A file of the case that its reporter has open; the office's own files are not there. @throws NotFound */
export async function attachmentForReporter(tracked: TrackedCase, id: string): Promise<ServedFile> {
	const own = and(eq(cases.id, tracked.caseId), eq(cases.receiptHash, tracked.receiptHash));
	return served(id, and(own, eq(attachments.public, true)));
}

/** A file of a case that the actor may see. @throws NotFound */
export async function attachmentForActor(actor: Actor, id: string): Promise<ServedFile> {
	return served(id, visibleTo(actor));
}
