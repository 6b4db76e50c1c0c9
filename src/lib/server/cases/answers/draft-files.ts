import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { attachFiles, fileColumns, MAX_FILES, type KeptFile } from '#lib/server/attachments/keep.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { approvals, attachments } from '#lib/server/db/schema/cases.ts';
import { Invalid } from '#lib/server/errors.ts';

/** The files of a draft in the order of upload. The reporter does not see them yet. */
export async function filesOfDraft(on: Database | Tx, approvalId: string) {
	return on
		.select(fileColumns)
		.from(attachments)
		.where(eq(attachments.approvalId, approvalId))
		.orderBy(asc(attachments.at));
}

/** A writer's changes to the files of a draft. */
export interface FileChanges {
	kept: readonly KeptFile[];
	/** Ids of dropped files. Only their rows are deleted here; the nightly sweep deletes the files. */
	drop: readonly string[];
}

/** @throws Invalid `file_too_many` if more stay than a message may carry */
export async function changeDraftFiles(
	tx: Tx,
	{ caseId, approvalId }: { caseId: number; approvalId: string },
	{ kept, drop }: FileChanges
): Promise<void> {
	if (drop.length > 0) {
		await tx.delete(attachments).where(and(eq(attachments.approvalId, approvalId), inArray(attachments.id, [...drop])));
	}
	await attachFiles(tx, kept, { caseId, approvalId, public: false });
	const [held] = await tx.select({ files: count() }).from(attachments).where(eq(attachments.approvalId, approvalId));
	if ((held?.files ?? 0) > MAX_FILES) {
		throw new Invalid([{ path: 'file', code: 'file_too_many', params: { max: MAX_FILES } }]);
	}
}

/** Removes the files of a draft that is withdrawn or becomes another kind. */
export async function dropDraftFiles(tx: Tx, approvalIds: readonly string[]): Promise<void> {
	if (approvalIds.length === 0) return;
	await tx.delete(attachments).where(inArray(attachments.approvalId, [...approvalIds]));
}

/** Moves the draft's files to the approved answer and makes them public. */
export async function publishDraftFiles(tx: Tx, approvalId: string, messageId: string): Promise<void> {
	await tx
		.update(attachments)
		.set({ messageId, approvalId: null, public: true })
		.where(eq(attachments.approvalId, approvalId));
}

/** Whether the open draft of a case has a file apart from `drop`. */
export async function draftHoldsFile(tx: Tx, caseId: number, drop: readonly string[]): Promise<boolean> {
	const held = await tx
		.select({ id: attachments.id })
		.from(attachments)
		.innerJoin(approvals, eq(approvals.id, attachments.approvalId))
		.where(
			and(
				eq(approvals.caseId, caseId),
				eq(approvals.kind, 'answer'),
				inArray(approvals.state, ['pending', 'sent_back'])
			)
		);
	return held.some(({ id }) => !drop.includes(id));
}
