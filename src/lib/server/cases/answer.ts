import { and, eq, inArray } from 'drizzle-orm';
import { answerInput } from '../../cases/schema.ts';
import { DISPUTES_BEFORE_FINAL, needsSecondPerson } from '../../cases/status.ts';
import { checked } from '../checked.ts';
import { now } from '../clock.ts';
import { transaction, type Tx } from '../db/index.ts';
import { approvals } from '../db/schema/cases.ts';
import type { Actor } from '../people/actor.ts';
import { meetClocks, promisedRules, recomputeClocks, startClocks } from './deadlines.ts';
import { lockCaseForActor, type CaseRow, type UnitRow } from './find.ts';
import { storeMessage } from './message.ts';
import { moveCase, requireVersion } from './move.ts';
import { secondPersons } from './people.ts';
import { requireSupervisor } from './scope.ts';
import { recordEvent, type Author } from './timeline.ts';

export type ApprovalRow = typeof approvals.$inferSelect;
type Draft = Pick<ApprovalRow, 'kind' | 'body'> & Partial<Pick<ApprovalRow, 'archiveReason' | 'duplicateOf'>>;

/** The draft of a case that waits or was sent back, if there is one. */
export async function openDraft(tx: Tx, caseId: number): Promise<ApprovalRow | undefined> {
	const [draft] = await tx
		.select()
		.from(approvals)
		.where(and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back'])));
	return draft;
}

/** A case that is settled without its draft leaves none behind for anybody to sign. */
export async function withdrawDraft(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(approvals)
		.set({ state: 'withdrawn' })
		.where(and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back'])));
}

/**
 * Puts a draft before the second person; a draft that was sent back is replaced by the new words. Where nobody up to
 * the root is free, the draft is approved on the spot with one signature, which the timeline and a list for review say.
 */
export async function submitDraft(
	tx: Tx,
	actor: Actor,
	{ row, unit }: { row: CaseRow; unit: UnitRow },
	draft: Draft
): Promise<ApprovalRow> {
	const authorId = actor.accountId;
	const open = await openDraft(tx, row.id);
	const { all } = await secondPersons(tx, row, unit.timeZone, { approvalId: open?.id ?? null, authorId });
	const alone = all.length === 0;
	const values = {
		kind: draft.kind,
		body: draft.body,
		archiveReason: draft.archiveReason ?? null,
		duplicateOf: draft.duplicateOf ?? null,
		authorId,
		at: now(),
		state: alone ? ('approved' as const) : ('pending' as const),
		singleSignature: alone,
		decidedBy: null,
		decidedAt: alone ? now() : null,
		reason: null
	};
	const [stored] = open
		? await tx.update(approvals).set(values).where(eq(approvals.id, open.id)).returning()
		: await tx
				.insert(approvals)
				.values({ caseId: row.id, ...values })
				.returning();
	if (!stored) throw new Error('the draft was not stored');
	await recordEvent(tx, row, {
		type: draft.kind === 'answer' ? 'answer_drafted' : 'archive_drafted',
		author: actor,
		public: false,
		data: { approval: stored.id, body: draft.body, single_signature: alone }
	});
	return stored;
}

/**
 * Publishes an answer: the reporter reads it, every clock of the office is met, and the reporter's turn begins. After
 * the second dispute it is the final one.
 */
export async function publishAnswer(
	tx: Tx,
	author: Author,
	{ row: before, unit }: { row: CaseRow; unit: UnitRow },
	answer: {
		body: string;
		accountId: string | null;
		approval?: string;
		singleSignature?: boolean;
		by?: 'staff' | 'lapor';
	}
): Promise<CaseRow> {
	const at = now();
	const row = await moveCase(tx, before, 'publish_answer', { answeredAt: at });
	const said = { author: answer.by ?? 'staff', accountId: answer.accountId, public: true, body: answer.body };
	const message = await storeMessage(tx, row, said);
	await meetClocks(tx, row, ['first_reply', 'response_by_law', 'solution', 'decision_by_law'], at);
	const rules = await promisedRules(tx, row);
	await startClocks(tx, { row, unit }, rules.answered, at);
	await recomputeClocks(tx, { row, unit });
	await recordEvent(tx, row, {
		type: 'answered',
		author,
		public: true,
		data: {
			message,
			...(answer.approval ? { approval: answer.approval } : {}),
			...(answer.singleSignature ? { single_signature: true } : {}),
			...(row.disputes >= DISPUTES_BEFORE_FINAL ? { final: true } : {})
		}
	});
	return row;
}

/**
 * Writes the answer. That of a complaint waits for a second person, any other goes to the reporter at once. After two
 * disputes the answer is the supervisor's.
 */
export async function answerCase(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const input = checked(answerInput, raw);
	return transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForActor(tx, actor, reference);
		await requireVersion(tx, before, input.version);
		if (before.disputes >= DISPUTES_BEFORE_FINAL) requireSupervisor(actor, before);
		const row = await moveCase(tx, before, 'answer');
		if (!needsSecondPerson(row.kind)) {
			return publishAnswer(tx, actor, { row, unit }, { body: input.body, accountId: actor.accountId });
		}
		const draft = await submitDraft(tx, actor, { row, unit }, { kind: 'answer', body: input.body });
		if (draft.state === 'pending') return row;
		return publishAnswer(tx, actor, { row, unit }, { ...signed(draft), accountId: actor.accountId });
	});
}

/** What of a decided draft goes on the timeline. */
export function signed(draft: ApprovalRow): { body: string; approval: string; singleSignature: boolean } {
	return { body: draft.body, approval: draft.id, singleSignature: draft.singleSignature };
}
