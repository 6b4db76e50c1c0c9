import { and, eq, inArray } from 'drizzle-orm';
import { unfilledIn } from '../../cases/placeholders.ts';
import { now } from '../clock.ts';
import type { Tx } from '../db/index.ts';
import { approvals } from '../db/schema/cases.ts';
import { Invalid } from '../errors.ts';
import type { Actor } from '../people/actor.ts';
import { changeDraftFiles, dropDraftFiles, type FileChanges } from './draft-files.ts';
import type { CaseWithUnit } from './find.ts';
import { secondPersons } from './people.ts';
import { recordEvent } from './timeline.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
type Draft = Pick<ApprovalRow, 'kind' | 'body'> &
	Partial<Pick<ApprovalRow, 'action' | 'actionOn' | 'archiveReason' | 'duplicateOf'>> & {
		/** Whose words they are where the actor only passes them on: neither of the two signs them. */
		authorId?: string | undefined;
	};

/**
 * However words came here, from a template or over the API: no reporter reads what their writer left open.
 *
 * @throws Invalid `draft_unfilled`
 */
export function requireFilled(body: string): void {
	const open = unfilledIn(body);
	if (open.length > 0) throw new Invalid([{ path: '', code: 'draft_unfilled', params: { names: open.join(', ') } }]);
}

/** The draft of a case that waits or was sent back, if there is one. */
export async function openDraft(tx: Tx, caseId: number): Promise<ApprovalRow | undefined> {
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back'])));
	return draft;
}

/**
 * Puts a draft before the second person; a draft that was sent back is replaced by the new words and keeps its files but
 * for those that are dropped. Where nobody up to the root is free, the draft is approved on the spot with one
 * signature, which the timeline and a list for review say.
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
	// An answer given up for an archiving leaves none of its files with it.
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
