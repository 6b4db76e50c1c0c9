import { answerInput, deskAnswerInput, type DeskAnswer } from '#lib/cases/schema.ts';
import { DISPUTES_BEFORE_FINAL, needsSecondPerson } from '#lib/cases/status.ts';
import type { KeptFile } from '#lib/server/attachments/keep.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireFilled, submitDraft, type ApprovalRow } from './draft.ts';
import { requireEvidence } from './evidence.ts';
import { lockCaseForActor, type CaseRow, type CaseWithUnit } from '../find.ts';
import { answerLinked } from '../linking/linked-answer.ts';
import { withKeptFiles, type AtDesk } from '../conversation/message.ts';
import { moveCase, requireVersion } from '../move.ts';
import { publishOne, type PublishedAnswer } from './publish.ts';
import { requireSupervisor } from '../scope.ts';
import type { Author } from '../timeline.ts';

/**
 * Publishes an answer. In the same commit each linked report gets it on its own timeline, or an entry with the reason why
 * not yet (docs/decisions/0015).
 */
export async function publishAnswer(
	tx: Tx,
	author: Author,
	found: CaseWithUnit,
	answer: PublishedAnswer
): Promise<CaseRow> {
	const row = await publishOne(tx, author, found, answer);
	await answerLinked(tx, author, row, answer);
	return row;
}

/**
 * Answers a case. The answer to a complaint waits for a second person; any other is sent at once. After two disputes only a
 * supervisor may answer.
 *
 * @param desk set by the desk's form, which requires evidence for the answer to a complaint
 */
export async function answerCase(actor: Actor, reference: string, raw: unknown, desk?: AtDesk): Promise<CaseRow> {
	const input: DeskAnswer = desk ? checked(deskAnswerInput, raw) : checked(answerInput, raw);
	return withKeptFiles(desk?.files ?? [], 'office', (kept) =>
		transaction(async (tx) => {
			const found = await lockCaseForActor(tx, actor, reference);
			await requireVersion(tx, found.row, input.version);
			return answerWithin(tx, actor, found, { input, kept, evidence: desk !== undefined });
		})
	);
}

/** The move itself, for a case that the caller has locked. */
export async function answerWithin(
	tx: Tx,
	actor: Actor,
	{ row: before, unit }: CaseWithUnit,
	given: { input: Omit<DeskAnswer, 'version'>; kept: readonly KeptFile[]; evidence: boolean }
): Promise<CaseRow> {
	const { input, kept } = given;
	if (before.disputes >= DISPUTES_BEFORE_FINAL) requireSupervisor(actor, before);
	const row = await moveCase(tx, before, 'answer');
	if (given.evidence) await requireEvidence(tx, { row, unit }, input, kept);
	const words = { body: input.body, action: input.action ?? null, actionOn: input.action_on ?? null };
	if (!needsSecondPerson(row.kind)) {
		requireFilled(input.body);
		return publishAnswer(tx, actor, { row, unit }, { ...words, accountId: actor.accountId, files: kept });
	}
	const files = { kept, drop: input.drop_files ?? [] };
	const draft = await submitDraft(tx, actor, { row, unit }, { kind: 'answer', ...words }, files);
	if (draft.state === 'pending') return row;
	return publishAnswer(tx, actor, { row, unit }, { ...signed(draft), accountId: actor.accountId });
}

/** The parts of a decided draft that are sent and written to the timeline. */
export function signed({ id, body, action, actionOn, singleSignature }: ApprovalRow) {
	return { body, action, actionOn, approval: id, singleSignature };
}
