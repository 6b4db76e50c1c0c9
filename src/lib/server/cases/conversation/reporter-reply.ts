import { and, count, desc, eq, gt, sql } from 'drizzle-orm';
import type { z } from 'zod';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { messageInput, optional, satisfactionInput } from '#lib/cases/schema.ts';
import { GREATEST_DISPUTING_SCORE } from '#lib/cases/moves.ts';
import {
	fingerprintsOf,
	originalsOf,
	withKeptFiles,
	type KeptFile,
	type SentFile
} from '#lib/server/attachments/stored-files.ts';
import { checked } from '#lib/server/checked.ts';
import { invalid } from '#lib/server/errors.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { messages, timeline } from '#lib/server/db/schema/cases.ts';
import { env } from '#lib/server/env.ts';
import { BUDGETS, consume, hasPoint } from '#lib/server/rate-limits.ts';
import { sendBackIncomplete } from '../answers/draft.ts';
import {
	endPauses,
	loadClocks,
	meetClocks,
	startLater,
	stopClocks,
	storeClocks,
	type CaseClocks
} from '../clocks/case-clocks.ts';
import { moveWithClocks } from '../clocks/move-with-clocks.ts';
import { lockCaseForReporter, type CaseRow, type CaseWithUnit } from '../find.ts';
import { unarchive } from '../handling/archive.ts';
import { invalidMove, moveCase, updateCase } from '../move.ts';
import { proposeOfficers } from '../officers/find-names.ts';
import { recordEvent, type Spoken } from '../timeline.ts';
import { recordReopening } from '../triage/route.ts';
import { alreadyStored, formHash } from './message.ts';
import { reopenAnswered } from './objection.ts';
import { disputeOpen, mayComplete, scoreOpen, turnsOf } from './reporter-time-limits.ts';
import { entryBy, NO_TEXT, storeWords } from './reporter-words.ts';

/** Messages of one reporter in an hour that notify the office. The site stores later ones without a notice. */
export const NOTICES_PER_HOUR = 4;
/** The reporter's messages to one report in a day. More would make its pages too large to open. Off with LIMITS=off. */
export const MESSAGES_PER_DAY = 100;

/** A message by the reporter. Files may come without a text. */
const reporterMessageInput = messageInput.extend({ body: optional(messageInput.shape.body) });

/**
 * Stores a message by the reporter, which may consist of files alone. If a question is open, the message is its reply.
 * The case returns to its former status, the deadlines continue, and a complaint counts as complete from now. A case
 * archived as incomplete is reopened until the last day to complete it. The office is notified of the first
 * `NOTICES_PER_HOUR` messages of an hour, so that a reporter can't fill the mailboxes of the staff.
 * @throws Conflict `submission-reused` if the same form came back with other content · Invalid
 *   `message_or_file_missing`, `message_budget` after many messages, `file_budget` after many with files
 */
export async function writeToOffice(caseId: number, raw: unknown, files: readonly SentFile[] = []): Promise<void> {
	const input = checked(reporterMessageInput, raw);
	const id = input.submission_id && `${caseId}/${input.submission_id}`;
	const hash = id && formHash(id, { body: input.body, files: fingerprintsOf(files) });
	const withFiles = files.length > 0;
	if (!input.body && !withFiles) throw invalid('body', 'message_or_file_missing');
	// The files of a form that is sent again are not stored again.
	if (withFiles && hash && (await alreadyStored(db(), caseId, hash))) return;
	if (withFiles && !(await hasPoint('message_files', String(caseId))))
		throw invalid('file', 'file_budget', { max: BUDGETS.message_files.points });
	const stored = await withKeptFiles(files, 'citizen', (kept) =>
		transaction(async (tx) => {
			const caseWithUnit = await lockCaseForReporter(tx, caseId);
			// Checked under the lock, so that of two identical messages only one is stored.
			if (hash && (await alreadyStored(tx, caseId, hash))) return false;
			const quiet = await isQuiet(tx, caseWithUnit);
			const spoken = { at: now(), data: quiet ? { quiet } : undefined };
			await storeReporterMessage(tx, caseWithUnit, { body: input.body || NO_TEXT, submissionHash: hash }, spoken, kept);
			return true;
		})
	);
	// Refused files do not count.
	if (stored && withFiles) await consume('message_files', String(caseId));
}

/**
 * Whether the site stores the next message without a notice: the office got the notices of an hour and has not written
 * since. A reply to a question and a completion always notify.
 * @throws Invalid `message_budget` after the messages of a day
 */
async function isQuiet(tx: Tx, { row, unit }: CaseWithUnit): Promise<boolean> {
	const { id, status } = row;
	if (status === 'needs_info' || (status === 'archived' && (await mayComplete(tx, row, unit)))) return false;
	const { caseId, author, at } = messages;
	const ofOffice = and(eq(caseId, id), eq(author, 'staff'), eq(messages.public, true));
	const lastOfOffice = tx
		.select({ at: sql`coalesce(max(${at}), '-infinity')` })
		.from(messages)
		.where(ofOffice);
	const unanswered = and(gt(at, ago(HOUR_MS)), gt(at, sql`(${lastOfOffice})`));
	const recent = sql<number>`count(*) filter (where ${unanswered})`.mapWith(Number);
	const [sent = { today: 0, recent: 0 }] = await tx
		.select({ today: count(), recent })
		.from(messages)
		.where(and(eq(caseId, id), eq(author, 'reporter'), gt(at, ago(DAY_MS))));
	if (env().LIMITS && sent.today >= MESSAGES_PER_DAY)
		throw invalid('body', 'message_budget', { max: MESSAGES_PER_DAY });
	return sent.recent >= NOTICES_PER_HOUR;
}

/**
 * Stores the message. If the case waited for a reply or a completion, moves it on. Deadlines count from when the
 * reporter spoke. A proposal to archive the report as incomplete goes back to its writer.
 */
export async function storeReporterMessage(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	content: { body: string; submissionHash?: string; public?: boolean },
	spoken: Spoken,
	kept: readonly KeptFile[] = []
): Promise<CaseRow> {
	const answering = before.status === 'needs_info';
	const completing = before.status === 'archived' && (await mayComplete(tx, before, unit, spoken.at));
	const row = answering ? await giveInfo(tx, { row: before, unit }, spoken.at) : await updateCase(tx, before);
	const { id: message, draftWaits } = await storeWords(tx, { row, unit }, content, spoken, kept);
	const type = answering || completing ? 'info_given' : 'message';
	await recordEvent(tx, row, entryBy(spoken, type, { message, ...originalsOf(kept) }));
	if (draftWaits) await sendBackIncomplete(tx, row);
	if (!completing) return row;
	const reopened = await unarchive(tx, { row, unit }, spoken.at, (clocks) => complete(clocks, spoken.at));
	const entry = { type: 'reopened', author: 'system', public: true, data: { reason: 'completed' } } as const;
	return recordReopening(tx, row, { row: reopened, unit }, entry);
}

const giveInfo = async (tx: Tx, found: CaseWithUnit, at: Date): Promise<CaseRow> =>
	(await moveWithClocks(tx, found, 'give_info', {}, (clocks) => complete(clocks, at))).row;

/** Resumes the office's deadlines. The legal decision deadline counts from the completion. */
function complete(clocks: CaseClocks, at: Date): void {
	endPauses(clocks, at);
	meetClocks(clocks, ['reporter_turn'], at);
	startLater(clocks, 'decision_by_law', at);
}

/**
 * Stores the reporter's score of the answer. 3 to 5 closes the case. 1 or 2 reopens it like a dispute, if a dispute is
 * still possible. Without a comment the form asks once what is left to do. After the final answer the score is only
 * stored. A score that is sent again after a lost response changes nothing.
 * @throws Invalid `score_reason` if the form has not `asked` yet · Conflict `too_late` after the last day of a closed case
 */
export async function scoreAnswer(caseId: number, raw: unknown): Promise<void> {
	const input = checked(satisfactionInput, raw);
	await transaction(async (tx) => {
		const { row: before, unit } = await lockCaseForReporter(tx, caseId);
		if (before.transferredTo) throw invalidMove(before, 'transferred');
		const turns = await turnsOf(tx, before);
		if (!scoreOpen(before, unit, turns)) {
			if (await scoredAlready(tx, before, input)) return;
			const closed = before.satisfaction === null ? 'too_late' : 'scored';
			throw invalidMove(before, before.status === 'closed' ? closed : 'not_answered');
		}
		const rated = await updateCase(tx, before, { satisfaction: input.score });
		const again = input.score <= GREATEST_DISPUTING_SCORE && disputeOpen(rated, unit, turns);
		if (again && !input.comment && !input.asked) throw invalid('comment', 'score_reason');
		await proposeOfficers(tx, rated, unit, input.comment ?? '');
		const data = { score: input.score, comment: input.comment || undefined };
		await recordEvent(tx, rated, { type: 'rated', author: 'reporter', public: true, data });
		if (again) await reopenAnswered(tx, { row: rated, unit }, input.comment ?? '', { at: now() });
		else {
			await endTurn(tx, { row: rated, unit }, 'met');
			if (rated.status === 'answered') await closeCase(tx, { row: rated, unit }, 'reporter');
		}
	});
}

async function scoredAlready(tx: Tx, { id }: CaseRow, { score, comment }: z.output<typeof satisfactionInput>) {
	const [last] = await tx
		.select({ data: timeline.data })
		.from(timeline)
		.where(and(eq(timeline.caseId, id), eq(timeline.type, 'rated')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return last?.data.score === score && (last.data.comment ?? '') === (comment ?? '');
}

/** The reporter says that the report is settled, without a score. @returns false if there is no answer to accept */
export async function acceptAnswer(tx: Tx, caseId: number): Promise<boolean> {
	const caseWithUnit = await lockCaseForReporter(tx, caseId);
	if (caseWithUnit.row.status !== 'answered' || caseWithUnit.row.transferredTo) return false;
	await endTurn(tx, caseWithUnit, 'met');
	await closeCase(tx, caseWithUnit, 'reporter');
	return true;
}

/** Closes an answered case, because the reporter is satisfied or their turn has ended. */
export async function closeCase(
	tx: Tx,
	{ row: before, unit }: CaseWithUnit,
	author: 'reporter' | 'system'
): Promise<CaseRow> {
	const row = await moveCase(tx, before, author === 'reporter' ? 'accept' : 'turn_over', { closedAt: now() });
	if (author === 'system') await endTurn(tx, { row, unit }, 'stopped');
	await recordEvent(tx, row, { type: 'closed', author, public: true });
	return row;
}

/** Ends the reporter's turn, which is no deadline of the office. */
async function endTurn(tx: Tx, caseWithUnit: CaseWithUnit, how: 'met' | 'stopped'): Promise<void> {
	const clocks = await loadClocks(tx, caseWithUnit);
	if (how === 'met') meetClocks(clocks, ['reporter_turn'], now());
	else stopClocks(clocks, ['reporter_turn']);
	await storeClocks(tx, { row: caseWithUnit.row, clocks });
}
