import { localDate } from '#lib/calendar/days.ts';
import { answerInput, deskAnswerInput, directAnswerInput, type DeskAnswer } from '#lib/cases/schema.ts';
import { isAnswerFinal, mayAnswerDirectly, needsSecondPerson } from '#lib/cases/moves.ts';
import { withKeptFiles, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { Invalid, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { classBeforeVerification } from '../clocks/deadlines.ts';
import type { DeskInput } from '../conversation/message.ts';
import type { CaseRow, CaseWithUnit } from '../find.ts';
import { assignWithin, takeIfFree } from '../handling/assign.ts';
import { verifyWithin } from '../handling/verify.ts';
import { answerLinked } from '../linking/linked-answer.ts';
import { changeCase, invalidMove, moveCase } from '../move.ts';
import { requireSupervisor } from '../visibility.ts';
import type { Author } from '../timeline.ts';
import { draftHasFile, requireFilled, submitDraft, withdrawDraft, type ApprovalRow } from './draft.ts';
import { publishOne, type PublishedAnswer } from './publish.ts';

/**
 * Publishes an answer. In the same commit each linked report gets it on its own timeline, or an entry with the reason
 * why it does not get the answer yet (docs/decisions/0015).
 */
export async function publishAnswer(tx: Tx, author: Author, caseWithUnit: CaseWithUnit, answer: PublishedAnswer) {
	const row = await publishOne(tx, author, caseWithUnit, answer);
	if (answer.mayHaveLinked !== false) await answerLinked(tx, author, row, answer);
	return row;
}

/**
 * Answers a case. The answer to a complaint waits for a second person. Any other answer is published at once. After two
 * disputes only a supervisor may answer.
 *
 * @param desk set by the desk's form. Then the answer to a complaint needs evidence, and the writer becomes the handler of
 *   a case that has none, or whose handler may no longer work on it.
 */
export async function answerCase(actor: Actor, reference: string, raw: unknown, desk?: DeskInput): Promise<CaseRow> {
	const input: DeskAnswer = desk ? checked(deskAnswerInput, raw) : checked(answerInput, raw);
	return withKeptFiles(desk?.files ?? [], 'office', (kept) =>
		changeCase(actor, reference, input.version, (tx, caseWithUnit) =>
			answerWithin(tx, actor, caseWithUnit, { input, kept, atDesk: desk !== undefined })
		)
	);
}

/**
 * "Jawab langsung": verifies, assigns to the writer and answers in one commit. Uses the same three moves, each with its
 * own timeline entry and version.
 *
 * @throws Conflict if the case is a complaint, came as integrity, or is no longer `received`
 */
export async function answerDirectly(actor: Actor, reference: string, raw: unknown, { files }: DeskInput) {
	const input = checked(directAnswerInput, raw);
	return withKeptFiles(files, 'office', (kept) =>
		changeCase(actor, reference, input.version, async (tx, { row, unit }) => {
			if (!mayAnswerDirectly(row)) throw invalidMove(row, 'not_direct');
			const { category, priority } = input;
			const verification = { category, class: classBeforeVerification(row.kind), priority };
			const verified = await verifyWithin(tx, actor, { row, unit }, verification);
			const assigned = await assignWithin(tx, actor, { row: verified, unit }, actor.accountId);
			return answerWithin(tx, actor, { row: assigned, unit }, { input, kept, atDesk: true });
		})
	);
}

/** Answers a case that the caller has locked. */
async function answerWithin(
	tx: Tx,
	writer: Actor,
	{ row: before, unit }: CaseWithUnit,
	options: { input: Omit<DeskAnswer, 'version'>; kept: readonly KeptFile[]; atDesk: boolean }
): Promise<CaseRow> {
	const { input, kept } = options;
	const actor = isAnswerFinal(before) ? requireSupervisor(writer, before) : writer;
	// The handler's own list shows a draft that was sent back.
	const taken = options.atDesk ? await takeIfFree(tx, actor, { row: before, unit }) : before;
	const row = await moveCase(tx, taken, 'answer');
	if (options.atDesk) await requireEvidence(tx, { row, unit }, input, kept);
	const words = { body: input.body, action: input.action ?? null, actionOn: input.action_on ?? null };
	if (!needsSecondPerson(row.kind)) {
		requireFilled(input.body);
		// The main case's answer may wait as a draft of a linked report.
		await withdrawDraft(tx, row.id);
		return publishAnswer(tx, actor, { row, unit }, { ...words, accountId: actor.accountId, files: kept });
	}
	const files = { kept, drop: input.drop_files ?? [] };
	const agreesAlone = options.atDesk ? input.confirmed === true : undefined;
	const draft = await submitDraft(tx, actor, { row, unit }, { kind: 'answer', ...words, agreesAlone }, files);
	if (draft.state === 'pending') return row;
	return publishAnswer(tx, actor, { row, unit }, signed(draft));
}

/**
 * The parts of a decided draft that are published and written to the timeline. Files and linked reports are looked for,
 * unless the draft says that there are none.
 */
export function signed(draft: ApprovalRow & { hasFiles?: boolean; hasLinked?: boolean }): PublishedAnswer {
	const { id, body, action, actionOn, hasFiles, hasLinked, authorId, decidedBy, singleSignature } = draft;
	const written = { body, action, actionOn, accountId: authorId, decidedBy, singleSignature };
	return { ...written, approval: id, draftFiles: hasFiles, mayHaveLinked: hasLinked };
}

/**
 * Requires evidence for the answer to a complaint: a file, or a description of the action with its day
 * (docs/decisions/0014). Applies only to the desk's form, not to the API. If both are missing, the day is named too.
 *
 * @throws Invalid `evidence_missing` with `action_on_missing`, or `action_on_future`
 */
async function requireEvidence(
	tx: Tx,
	{ row, unit }: CaseWithUnit,
	input: Pick<DeskAnswer, 'action' | 'action_on' | 'drop_files'>,
	kept: readonly KeptFile[]
): Promise<void> {
	const { action, action_on: on, drop_files: drop = [] } = input;
	if (on && on > localDate(now(), unit.timeZone)) throw invalid('action_on', 'action_on_future');
	if (!needsSecondPerson(row.kind) || action || kept.length > 0) return;
	if (await draftHasFile(tx, row.id, drop)) return;
	throw new Invalid([
		{ path: 'action', code: 'evidence_missing' },
		{ path: 'action_on', code: 'action_on_missing' }
	]);
}
