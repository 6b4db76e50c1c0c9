import { and, eq, inArray } from 'drizzle-orm';
import { DISPUTES_BEFORE_FINAL } from '#lib/cases/status.ts';
import type { KeptFile } from '#lib/server/attachments/keep.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { approvals } from '#lib/server/db/schema/cases.ts';
import { meetClocks, promisedRules, recomputeClocks, startClocks } from '../clocks/deadlines.ts';
import { dropDraftFiles, publishDraftFiles } from './draft-files.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { storeMessage } from '../conversation/message.ts';
import { moveCase } from '../move.ts';
import { takeLetter } from './take-letter.ts';
import { recordEvent, type Author } from '../timeline.ts';

/** An answer to publish. `accountId` is its writer, `approval` the draft that a second person signed. */
export interface PublishedAnswer {
	body: string;
	/** What was done about the matter, and on which day. */
	action?: string | null;
	actionOn?: string | null;
	accountId: string | null;
	/** Its files become public with it. */
	approval?: string;
	singleSignature?: boolean;
	files?: readonly KeptFile[];
	by?: 'staff' | 'lapor';
}

/** Withdraws the open draft of a case that was settled in another way. */
export async function withdrawDraft(tx: Tx, caseId: number): Promise<void> {
	const withdrawn = await tx
		.update(approvals)
		.set({ state: 'withdrawn' })
		.where(and(eq(approvals.caseId, caseId), inArray(approvals.state, ['pending', 'sent_back'])))
		.returning({ id: approvals.id });
	await dropDraftFiles(
		tx,
		withdrawn.map(({ id }) => id)
	);
}

/**
 * Publishes an answer on one case: it becomes visible to the reporter, its letter gets a number, all deadlines of the office
 * are met, and the reporter's turn begins. After the second dispute the answer is final.
 */
export async function publishOne(
	tx: Tx,
	author: Author,
	{ row: before, unit }: CaseWithUnit,
	answer: PublishedAnswer
): Promise<CaseRow> {
	const at = now();
	const row = await moveCase(tx, before, 'publish_answer', { answeredAt: at });
	const said = { author: answer.by ?? 'staff', accountId: answer.accountId, public: true, body: answer.body };
	const message = await storeMessage(tx, row, said, answer.files);
	if (answer.approval) await publishDraftFiles(tx, answer.approval, message);
	await meetClocks(tx, { row, unit }, ['first_reply', 'response_by_law', 'solution', 'decision_by_law'], at);
	const rules = await promisedRules(tx, row);
	await startClocks(tx, { row, unit }, rules.answered, at);
	await recomputeClocks(tx, { row, unit });
	// An answer by LAPOR is no letter of this office.
	const letter =
		answer.by === 'lapor'
			? undefined
			: await takeLetter(tx, row, { message, at, signedBy: await signersOf(tx, answer) });
	await recordEvent(tx, row, {
		type: 'answered',
		author,
		public: true,
		data: {
			message,
			...(answer.action ? { action: answer.action, action_on: answer.actionOn } : {}),
			...(answer.approval ? { approval: answer.approval } : {}),
			...(letter ? { letter } : {}),
			...(answer.singleSignature ? { single_signature: true } : {}),
			...(row.disputes >= DISPUTES_BEFORE_FINAL ? { final: true } : {})
		}
	});
	return row;
}

/** Writer and approver. An answer that reaches a linked report later keeps those of the main answer. */
async function signersOf(tx: Tx, { accountId, approval }: PublishedAnswer): Promise<string[]> {
	const [draft] = approval ? await tx.select().from(approvals).where(eq(approvals.id, approval)) : [];
	const signers = draft ? [draft.authorId, draft.decidedBy] : [accountId];
	return signers.filter((id) => id !== null);
}
