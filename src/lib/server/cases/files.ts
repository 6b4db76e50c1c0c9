import { isId } from '#lib/server/db/is-id.ts';
import { and, eq, not, sql, type SQL } from 'drizzle-orm';
import {
	attachFiles,
	fingerprintsOf,
	originalsOf,
	smallerCopy,
	thumbnail,
	withKeptFiles,
	type SentFile
} from '#lib/server/attachments/stored-files.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { attachments, cases, timeline } from '#lib/server/db/schema/cases.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { submissionHash } from '#lib/server/submission-hashes.ts';
import { lockCaseForActor, type CaseRow } from './find.ts';
import { updateCase } from './move.ts';
import { isProcessingRestricted, mayAttachTo, ofReporter, visibleTo, type TrackedCase } from './visibility.ts';
import { recordEvent } from './timeline.ts';

/**
 * Adds public files to a case. For one day, the account that opened a case may also add files if it may not see the
 * case. Otherwise a token needs a scope that shows cases. If the account sends the same files again, because it got no
 * response, they are stored once.
 */
export async function addFilesToCase(actor: Actor, reference: string, files: readonly SentFile[]): Promise<CaseRow> {
	if (files.length === 0) throw invalid('file', 'file_missing');
	return withKeptFiles(files, 'citizen', (kept) =>
		transaction(async (tx) => {
			const { row: before } = await lockCaseForActor(tx, actor, reference, { access: mayAttachTo(actor) });
			const submission = submissionHash(['files', before.id, actor.accountId, ...fingerprintsOf(files)].join('/'));
			const isSame = and(eq(timeline.caseId, before.id), sql`${timeline.data} ->> 'submission' = ${submission}`);
			if ((await tx.$count(timeline, isSame)) > 0) return before;
			const row = await updateCase(tx, before);
			await attachFiles(tx, kept, { caseId: row.id, public: true });
			const data = { files: kept.length, ...originalsOf(kept), submission };
			await recordEvent(tx, row, { type: 'attached', author: actor, public: true, data });
			return row;
		})
	);
}

/**
 * The requested form of a file: as stored, the copy that fits LAPOR's size limit, the text of its pages, or a small picture
 * of a photo.
 */
type FileForm = 'kept' | 'forward' | 'text' | 'thumbnail';

async function fileFor(id: string, access: SQL | undefined, form: FileForm) {
	const { name, mediaType, text, forwardBytes } = attachments;
	const [file] = await db()
		.select({ name, mediaType, forwardBytes, text: form === 'text' ? text : sql<null>`null` })
		.from(attachments)
		.innerJoin(cases, eq(cases.id, attachments.caseId))
		.where(and(isId(attachments.id, id), access));
	if (!file || (form === 'text' && file.text === null)) throw new NotFound(`attachment ${id}`);
	if (file.text !== null) {
		const name = file.name.replace(/\.pdf$/i, '.txt');
		return { name, mediaType: 'text/plain', bytes: Buffer.from(file.text) };
	}
	const isThumbnail = form === 'thumbnail' && file.mediaType.startsWith('image/');
	const kept = isThumbnail ? await thumbnail(id) : await fileStore().read(id);
	const bytes = kept && form === 'forward' && file.forwardBytes !== null ? await smallerCopy(kept) : kept;
	if (!bytes) throw new NotFound(`attachment ${id}`);
	return { name: file.name, mediaType: isThumbnail ? 'image/jpeg' : file.mediaType, bytes };
}

/** A file of a case, ready to be sent. */
export type ServedFile = Awaited<ReturnType<typeof fileFor>>;

/** A public file, for the reporter of the case. @throws NotFound */
export const attachmentForReporter = (tracked: TrackedCase, id: string, form: FileForm = 'kept') =>
	fileFor(id, and(ofReporter(tracked), eq(attachments.public, true)), form);

/**
 * A file of a case, for staff who may see the case. Other systems get none while processing is restricted at the
 * reporter's request. @throws NotFound
 */
export const attachmentForActor = (actor: Actor, id: string, form: FileForm = 'kept') =>
	fileFor(id, and(visibleTo(actor), actor.scopes ? not(isProcessingRestricted) : undefined), form);
