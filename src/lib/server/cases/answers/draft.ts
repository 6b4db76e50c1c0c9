import { and, eq, inArray, notInArray, sql, type SQL } from 'drizzle-orm';
import { unfilledIn } from '#lib/cases/placeholders.ts';
import {
	attachFiles,
	fileColumns,
	fileOrder,
	MAX_FILES,
	type KeptFile,
	removeFiles
} from '#lib/server/attachments/stored-files.ts';
import { now } from '#lib/server/clock.ts';
import { storedRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { approvals, attachments } from '#lib/server/db/schema/cases.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { DraftState } from '#lib/words/cases.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { recordEvent } from '../timeline.ts';
import { secondPersons } from './second-persons.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
type Draft = Pick<ApprovalRow, 'kind' | 'body'> &
	Partial<Pick<ApprovalRow, 'action' | 'actionOn' | 'archiveReason' | 'duplicateOf' | 'wave'>> & {
		/** The author, if the actor submits another person's text. Neither of them may approve it. */
		authorId?: string;
		/** Of a form: the writer agrees to a single signature. Undefined: it was not asked. */
		agreesAlone?: boolean;
	};

/** A writer's changes to the files of a draft. */
interface FileChanges {
	kept: readonly KeptFile[];
	/** Ids of dropped files. Only their rows are deleted here. The nightly sweep deletes the files. */
	drop: readonly string[];
}

/**
 * Refuses a text with unfilled placeholders or empty headings. It is called for forms of the desk, and before a text is
 * published without a second person. A draft by the API is checked only when somebody approves it.
 *
 * @param field the form's field with the text
 * @throws Invalid `placeholder_open`
 */
export function requireFilled(body: string, field: 'body' | 'note' = 'body'): void {
	const open = unfilledIn(body);
	if (open.length > 0) throw invalid(field, 'placeholder_open', { names: open.join(', ') });
}

/** Condition for the open draft of a case: waiting or sent back. */
export const openDraftOf = (caseId: number) =>
	and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back']));

/** State of the open draft of the case of a query. Names in full: a query of one table would lose its names. */
export const openDraftState = sql<DraftState | null>`(select draft.state from approvals draft
	where draft.case_id = cases.id and draft.state in ('pending', 'sent_back'))`;

async function findOpenDraft(tx: Tx, caseId: number): Promise<ApprovalRow | undefined> {
	const [draft] = await tx.select().from(approvals).where(openDraftOf(caseId));
	return draft;
}

/**
 * Submits a draft to the second person. A draft that was sent back gets the new text and keeps its files except dropped
 * ones. If no supervisor up to the root is available, the draft is approved at once with a single signature, which the
 * timeline and a review list show.
 *
 * @throws Invalid `single_signature` if the writer must agree to that first
 */
export async function submitDraft(
	tx: Tx,
	actor: Actor,
	{ row, unit }: CaseWithUnit,
	{ kind, body, agreesAlone, ...draft }: Draft,
	files: FileChanges = { kept: [], drop: [] }
): Promise<ApprovalRow> {
	const open = await findOpenDraft(tx, row.id);
	const authorId = draft.authorId ?? actor.accountId;
	const draftToSign = { approvalId: open?.id ?? null, authors: [authorId, actor.accountId] };
	const { alone } = await secondPersons(tx, row, unit, draftToSign);
	if (alone && agreesAlone === false) throw invalid('confirmed', 'single_signature');
	if (alone) requireFilled(body, kind === 'archive' ? 'note' : 'body');
	const values = {
		kind,
		body,
		action: draft.action ?? null,
		actionOn: draft.actionOn ?? null,
		archiveReason: draft.archiveReason ?? null,
		duplicateOf: draft.duplicateOf ?? null,
		wave: draft.wave ?? null,
		authorId,
		at: now(),
		state: alone ? ('approved' as const) : ('pending' as const),
		singleSignature: alone,
		decidedBy: null,
		decidedAt: alone ? now() : null,
		reason: null,
		passedUpAt: null
	};
	const caseId = row.id;
	const stored = open
		? await tx.update(approvals).set(values).where(eq(approvals.id, open.id)).returning().then(storedRow)
		: await tx
				.insert(approvals)
				.values({ caseId, ...values })
				.returning()
				.then(storedRow);
	// A proposal to archive has no files, so those of the answer that it replaces are removed.
	if (kind === 'archive') await removeFiles(tx, eq(attachments.approvalId, stored.id));
	else await changeDraftFiles(tx, { caseId, approvalId: stored.id }, files);
	const action = stored.action ? { action: stored.action, action_on: stored.actionOn } : {};
	const type = kind === 'answer' ? 'answer_drafted' : 'archive_drafted';
	const data = { approval: stored.id, body, ...action, single_signature: alone };
	await recordEvent(tx, row, { type, author: actor, public: false, data });
	return stored;
}

/**
 * Sends a waiting proposal to archive as incomplete back to its writer after the reporter sent a message. A person must
 * read that message before the report is archived. The case must be locked.
 */
export async function sendBackIncomplete(tx: Tx, row: CaseRow): Promise<void> {
	const { caseId, kind, archiveReason, state } = approvals;
	const isIncomplete = and(eq(kind, 'archive'), eq(archiveReason, 'incomplete'));
	const [draft] = await tx
		.update(approvals)
		.set({ state: 'sent_back', decidedAt: now() })
		.where(and(eq(caseId, row.id), eq(state, 'pending'), isIncomplete))
		.returning({ id: approvals.id });
	if (!draft) return;
	const data = { approval: draft.id, reason: 'reporter_wrote' };
	await recordEvent(tx, row, { type: 'archive_sent_back', author: 'system', public: false, data });
}

/** Withdraws the open draft of a case. `which`: only a draft like this. @returns its id and kind, if there was one */
export async function withdrawDraft(tx: Tx, caseId: number, which?: SQL) {
	const [withdrawn] = await tx
		.update(approvals)
		.set({ state: 'withdrawn' })
		.where(and(openDraftOf(caseId), which))
		.returning({ id: approvals.id, kind: approvals.kind });
	if (withdrawn) await removeFiles(tx, eq(attachments.approvalId, withdrawn.id));
	return withdrawn;
}

/**
 * Withdraws a proposal to archive that was sent back, because its report is handled after all. Lists would go on saying
 * that the proposal is to be corrected.
 */
export const withdrawReturnedArchiving = (tx: Tx, caseId: number) =>
	withdrawDraft(tx, caseId, and(eq(approvals.kind, 'archive'), eq(approvals.state, 'sent_back')));

/** The files of a draft. The reporter does not see them yet. */
export async function filesOfDraft(on: Database | Tx, approvalId: string) {
	const ofDraft = eq(attachments.approvalId, approvalId);
	return on.select(fileColumns).from(attachments).where(ofDraft).orderBy(fileOrder);
}

/** @throws Invalid `file_too_many` if the draft then has more than `MAX_FILES` files */
async function changeDraftFiles(
	tx: Tx,
	{ caseId, approvalId }: { caseId: number; approvalId: string },
	{ kept, drop }: FileChanges
): Promise<void> {
	const ofDraft = eq(attachments.approvalId, approvalId);
	if (drop.length > 0) await removeFiles(tx, and(ofDraft, inArray(attachments.id, [...drop])));
	if (kept.length === 0) return;
	await attachFiles(tx, kept, { caseId, approvalId, public: false });
	if ((await tx.$count(attachments, ofDraft)) > MAX_FILES) throw invalid('file', 'file_too_many', { max: MAX_FILES });
}

/** Whether the open draft of a case has a file that is not in `drop`. */
export async function draftHasFile(tx: Tx, caseId: number, drop: readonly string[]): Promise<boolean> {
	const [file] = await tx
		.select({ id: attachments.id })
		.from(attachments)
		.innerJoin(approvals, eq(approvals.id, attachments.approvalId))
		.where(and(openDraftOf(caseId), eq(approvals.kind, 'answer'), notInArray(attachments.id, [...drop])))
		.limit(1);
	return file !== undefined;
}
