import { and, eq, inArray } from 'drizzle-orm';
import { unfilledIn } from '#lib/cases/placeholders.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { changeDraftFiles, dropDraftFiles, type FileChanges } from './draft-files.ts';
import type { CaseWithUnit } from '../find.ts';
import { secondPersons } from '../people.ts';
import { recordEvent } from '../timeline.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
type Draft = Pick<ApprovalRow, 'kind' | 'body'> &
	Partial<Pick<ApprovalRow, 'action' | 'actionOn' | 'archiveReason' | 'duplicateOf'>> & {
		/** The author, if the actor only forwards the text. Neither of them may sign it. */
		authorId?: string | undefined;
	};

/**
 * Refuses a text with unfilled placeholders or empty headings, from the desk or the API.
 *
 * @throws Invalid `draft_unfilled`
 */
export function requireFilled(body: string): void {
	const open = unfilledIn(body);
	if (open.length > 0) throw new Invalid([{ path: '', code: 'draft_unfilled', params: { names: open.join(', ') } }]);
}

/** The open draft of a case: waiting or sent back. */
export async function openDraft(tx: Tx, caseId: number): Promise<ApprovalRow | undefined> {
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back'])));
	return draft;
}

/**
 * Submits a draft to the second person. A draft that was sent back gets the new text and keeps its files except dropped ones.
 * If no supervisor up to the root is available, the draft is approved at once with a single signature, which the timeline
 * and a review list show.
 */
export async function submitDraft(
	tx: Tx,
	actor: Actor,
	{ row, unit }: CaseWithUnit,
	draft: Draft,
	files: FileChanges = { kept: [], drop: [] }
): Promise<ApprovalRow> {
	const authorId = draft.authorId ?? actor.accountId;
	const open = await openDraft(tx, row.id);
	const { all } = await secondPersons(tx, row, unit.timeZone, {
		approvalId: open?.id ?? null,
		authors: [authorId, actor.accountId]
	});
	const alone = all.length === 0;
	if (alone) requireFilled(draft.body);
	const values = {
		kind: draft.kind,
		body: draft.body,
		action: draft.action ?? null,
		actionOn: draft.actionOn ?? null,
		archiveReason: draft.archiveReason ?? null,
		duplicateOf: draft.duplicateOf ?? null,
		authorId,
		at: now(),
		state: alone ? ('approved' as const) : ('pending' as const),
		singleSignature: alone,
		decidedBy: null,
		decidedAt: alone ? now() : null,
		reason: null,
		passedUpAt: null
	};
	const [stored] = open
		? await tx.update(approvals).set(values).where(eq(approvals.id, open.id)).returning()
		: await tx
				.insert(approvals)
				.values({ caseId: row.id, ...values })
				.returning();
	if (!stored) throw new Error('the draft was not stored');
	// If an archiving replaces a drafted answer, the files of the answer are removed.
	if (draft.kind === 'archive') await dropDraftFiles(tx, [stored.id]);
	else await changeDraftFiles(tx, { caseId: row.id, approvalId: stored.id }, files);
	await recordEvent(tx, row, {
		type: draft.kind === 'answer' ? 'answer_drafted' : 'archive_drafted',
		author: actor,
		public: false,
		data: {
			approval: stored.id,
			body: draft.body,
			...(stored.action ? { action: stored.action, action_on: stored.actionOn } : {}),
			single_signature: alone
		}
	});
	return stored;
}
