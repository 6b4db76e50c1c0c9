import { and, asc, eq } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { attachments } from '#lib/server/db/schema/cases.ts';
import { escalationAttempts, escalationFiles } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { fileColumns, smallerCopy } from '#lib/server/attachments/stored-files.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { invalid } from '#lib/server/errors.ts';
import type { UploadOutcome } from '../classify-response.ts';
import { isTooLarge } from './lapor-report.ts';
import { neutralName } from '#lib/text/linked-files.ts';
import type { LaporFile } from '#lib/server/integrations/lapor/types.ts';

type AttachmentRow = Omit<typeof attachments.$inferSelect, 'text'>;

/** A file of a report. `remoteId`: its id at LAPOR. `leftOut`: why it is not sent. */
export interface ReportFile extends Pick<AttachmentRow, 'id' | 'name' | 'mediaType' | 'bytes' | 'forwardBytes'> {
	remoteId: string | null;
	leftOut: string | null;
}

/** The files of a case that its reporter may see. Photos of paper forms and of notes are never sent. */
export async function forwardableFiles(on: Database | Tx, caseId: number): Promise<AttachmentRow[]> {
	return on
		.select(fileColumns)
		.from(attachments)
		.where(and(eq(attachments.caseId, caseId), eq(attachments.public, true)))
		.orderBy(asc(attachments.at), asc(attachments.id));
}

/**
 * @throws Invalid if a chosen file is not one of `files`: LAPOR gets a report once, so it would never get that file
 */
export function requireAmong(files: readonly { id: string }[], chosen: readonly string[] = []): void {
	if (!chosen.every((one) => files.some(({ id }) => id === one))) throw invalid('attachments', 'escalation_attachment');
}

/**
 * Stores which files are sent with a row. A file that is too large is not sent. Only a document can be too large, because
 * images were reduced to at most 2 MB when they were stored. `remoteIds`: ids of files that an earlier forward uploaded.
 */
export async function chooseFiles(
	tx: Tx,
	escalationId: string,
	chosen: readonly AttachmentRow[],
	remoteIds: ReadonlyMap<string, string> = new Map()
): Promise<void> {
	if (chosen.length === 0) return;
	await tx.insert(escalationFiles).values(
		chosen.map((file) => ({
			escalationId,
			attachmentId: file.id,
			remoteId: remoteIds.get(file.id) ?? null,
			leftOut: isTooLarge(file) ? 'too_large' : null
		}))
	);
}

/** The files of a row, in the order of their arrival. */
export async function filesOf(on: Database | Tx, escalationId: string): Promise<ReportFile[]> {
	return on
		.select({
			id: attachments.id,
			name: attachments.name,
			mediaType: attachments.mediaType,
			bytes: attachments.bytes,
			forwardBytes: attachments.forwardBytes,
			remoteId: escalationFiles.remoteId,
			leftOut: escalationFiles.leftOut
		})
		.from(escalationFiles)
		.innerJoin(attachments, eq(attachments.id, escalationFiles.attachmentId))
		.where(eq(escalationFiles.escalationId, escalationId))
		.orderBy(asc(attachments.at), asc(attachments.id));
}

/**
 * Reads the file to send. It gets a neutral name, because the original name may identify the reporter.
 *
 * @param position of the file among those of its report, from 1
 * @returns undefined if the bytes are missing; 'later' if the smaller copy could not be made now. It could be made when the
 * file arrived, so the machine is only busy.
 */
export async function fileToSend(file: ReportFile, position: number): Promise<LaporFile | undefined | 'later'> {
	const storedBytes = await fileStore().read(file.id);
	if (!storedBytes) return undefined;
	const bytes = file.forwardBytes === null ? storedBytes : await smallerCopy(storedBytes);
	if (!bytes) return 'later';
	return { name: neutralName(file.name, position), type: file.mediaType, bytes };
}

/**
 * Refuses a file that got no id, if the files of its forward have had none in more responses than there are configured
 * waits. They count together, so that the report does not wait that long for each file. Each of these responses can have
 * left a copy of the file at LAPOR.
 */
export async function withoutEndlessTries(forwardId: string, outcome: UploadOutcome): Promise<UploadOutcome> {
	if (outcome.kind !== 'retry' || outcome.reason.code !== 'unreadable') return outcome;
	const { escalationId, step, reasonCode } = escalationAttempts;
	const isWithoutId = and(eq(escalationId, forwardId), eq(step, 'upload'), eq(reasonCode, 'unreadable'));
	const isLast = (await db().$count(escalationAttempts, isWithoutId)) >= env().LAPOR_RETRY_SECONDS.length;
	return isLast ? { kind: 'refused', reason: { code: 'unreadable' } } : outcome;
}
