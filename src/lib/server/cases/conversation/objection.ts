import { and, desc, eq, gte } from 'drizzle-orm';
import { isAnswered, isAnswerFinal } from '#lib/cases/moves.ts';
import { disputeInput, reasonInput } from '#lib/cases/schema.ts';
import { originalsOf, type KeptFile } from '#lib/server/attachments/stored-files.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { messages, timeline } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { meetClocks } from '../clocks/case-clocks.ts';
import { restartClocks } from '../clocks/deadlines.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { lockCaseForReporter, type CaseRow, type CaseWithUnit } from '../find.ts';
import { changeCase, invalidMove, moveTarget, updateCase } from '../move.ts';
import { proposeOfficersAgain } from '../officers/find-names.ts';
import { recordEvent, type Spoken } from '../timeline.ts';
import { recordReopening } from '../triage/route.ts';
import { requireSupervisor } from '../visibility.ts';
import { mayDispute, mayObject } from './reporter-time-limits.ts';
import { entryBy, storeWords } from './reporter-words.ts';

/**
 * The reporter objects by the form of the tracking page: to the answer ("Saya belum puas"), or to the archiving. An
 * objection that is sent again after a lost response changes nothing.
 */
export async function submitObjection(caseId: number, raw: unknown): Promise<void> {
	const { body } = checked(disputeInput, raw);
	await transaction(async (tx) => {
		const caseWithUnit = await lockCaseForReporter(tx, caseId);
		const [last] = await tx
			.select({ body: messages.body })
			.from(messages)
			.where(and(eq(messages.caseId, caseId), eq(messages.author, 'reporter'), eq(messages.public, true)))
			.orderBy(desc(messages.at))
			.limit(1);
		const { status, objectionAt } = caseWithUnit.row;
		const isTaken = status === 'archived' ? objectionAt !== null : !isAnswered(status);
		if (!isTaken || last?.body !== body) await storeObjection(tx, caseWithUnit, body, { at: now() });
	});
}

/** Stores an objection to the answer or the archiving. Time limits apply to the time at which the reporter spoke. */
export async function storeObjection(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	body: string,
	spoken: Spoken,
	kept: readonly KeptFile[] = []
): Promise<CaseRow> {
	const object = caseWithUnit.row.status === 'archived' ? objectToArchiving : objectToAnswer;
	return object(tx, caseWithUnit, body, spoken, kept);
}

/** Reopens an answered or closed case. */
async function objectToAnswer(
	tx: Tx,
	caseWithUnit: CaseWithUnit,
	body: string,
	spoken: Spoken,
	kept: readonly KeptFile[]
): Promise<CaseRow> {
	const { row, unit } = caseWithUnit;
	if (row.transferredTo) throw invalidMove(row, 'transferred');
	if (!isAnswered(row.status)) throw invalidMove(row, 'not_answered');
	if (!(await mayDispute(tx, row, unit, spoken.at))) {
		throw invalidMove(row, isAnswerFinal(row) ? 'final' : 'too_late');
	}
	return reopenAnswered(tx, caseWithUnit, body, spoken, kept);
}

/** Reopens an answered or closed case with new deadlines. The caller checked that the reporter may still object. */
export async function reopenAnswered(
	tx: Tx,
	{ row: answered, unit }: CaseWithUnit,
	body: string,
	spoken: Spoken,
	kept: readonly KeptFile[] = []
): Promise<CaseRow> {
	const before = await proposeOfficersAgain(tx, { row: answered, unit });
	const reopened = { ...before, status: moveTarget(before, 'dispute') };
	const columns = { disputes: before.disputes + 1, answeredAt: null, closedAt: null };
	const { row } = await moveWithClocks(tx, { row: before, unit }, 'dispute', columns, async (clocks) => {
		meetClocks(clocks, ['reporter_turn'], spoken.at);
		await restartClocks(clocks, reopened, before.answeredAt ?? now(), spoken.at);
	});
	const message = body ? (await storeWords(tx, { row, unit }, { body }, spoken, kept)).id : undefined;
	const data = { message, without_words: !message || undefined, count: row.disputes, ...originalsOf(kept) };
	return recordReopening(tx, before, { row, unit }, entryBy(spoken, 'disputed', data));
}

/** Stores an objection to the archiving of a case, about which a supervisor decides. */
async function objectToArchiving(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	body: string,
	spoken: Spoken,
	kept: readonly KeptFile[]
): Promise<CaseRow> {
	if (!(await mayObject(tx, before, unit, spoken.at))) throw invalidMove(before, 'too_late');
	const made = await objectionMade(tx, before);
	if (made) throw invalidMove(before, made);
	const row = await updateCase(tx, before, { objectionAt: spoken.at });
	const { id: message } = await storeWords(tx, { row, unit }, { body }, spoken, kept);
	await recordEvent(tx, row, entryBy(spoken, 'objected', { message, ...originalsOf(kept) }));
	return row;
}

/**
 * Returns the state of the objection to the latest archiving: waiting for a supervisor, or declined. Undefined without an
 * objection and after the case was reopened. Each archiving allows one objection.
 */
async function objectionMade(on: Database | Tx, row: CaseRow) {
	if (!row.archivedAt) return undefined;
	if (row.objectionAt) return 'objected';
	// An objection to an earlier archiving of the case does not count.
	const declined = and(eq(timeline.type, 'objection_declined'), gte(timeline.at, row.archivedAt));
	const count = await on.$count(timeline, and(eq(timeline.caseId, row.id), declined));
	return count > 0 ? 'objection_declined' : undefined;
}

/**
 * Declines the reporter's objection, by a supervisor with a reason that the reporter reads. The case stays archived and leaves
 * the desk's list of objections.
 *
 * @throws Conflict `invalid-move` if there is no open objection
 */
export async function declineObjection(actor: Actor, reference: string, raw: unknown): Promise<CaseRow> {
	const { reason, version } = checked(reasonInput, raw);
	return changeCase(actor, reference, version, async (tx, { row: before }) => {
		const author = requireSupervisor(actor, before);
		moveTarget(before, 'decline_objection');
		if (!before.objectionAt) throw invalidMove(before, 'no_objection');
		const row = await updateCase(tx, before, { objectionAt: null });
		await recordEvent(tx, row, { type: 'objection_declined', author, public: true, data: { reason } });
		return row;
	});
}
