import { and, desc, eq, ne } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { isAnswerFinal, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { publishAnswer } from '#lib/server/cases/answers/answer.ts';
import { withdrawDraft } from '#lib/server/cases/answers/draft.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { readFollowup } from '#lib/server/integrations/lapor/tracking.ts';
import { isReplaced } from '../forward/compose.ts';
import type { EscalationRow, Forward } from '../rows.ts';
import { dropTask, raiseTask } from '../tasks.ts';
import { judgeOfAnswers } from './answer-parties.ts';
import { statusKey, type LaporStatus } from './lapor-status.ts';
import { isBySystem, saysMoreThan } from './news.ts';

export interface StatusNews {
	name: string;
	meaning: LaporStatus;
	/** When the status was set; undefined if LAPOR gives no time. */
	at: Date | undefined;
	/** When we first saw the status, if no log of LAPOR came with it: `at` is then of an earlier status. */
	seenAt?: Date;
	note: string;
	/** Whether the note may be about another status, so that it is not published. */
	isNoteDoubtful?: boolean;
	/** The name of the institution that has the report at LAPOR. */
	institution?: string | undefined;
	/** A person entered the status and the note. */
	byHand?: boolean;
	followupsMissing?: boolean;
}

/**
 * Answers a case in progress with the institution's text. Creates a task instead in these cases:
 * - There is no text, for example because follow-ups are missing, or a person typed it.
 * - The case is not in progress, or a supervisor must give the final answer.
 * - A newer forward replaces this one. The text may then only say why LAPOR closed it.
 */
export async function answerFromLapor(tx: Tx, locked: Forward, status: StatusNews): Promise<EscalationRow> {
	const { row, unit, escalation } = locked;
	if (!OPEN_STATUSES.includes(row.status)) return escalation;
	const isRead = !status.byHand && !status.followupsMissing;
	const { text, isDoubtful } = isRead ? await institutionText(tx, locked, status) : {};
	if (!text || isDoubtful || row.status !== 'in_progress' || isAnswerFinal(row) || (await isReplaced(tx, escalation)))
		return raiseTask(tx, locked, 'finished', text ?? (status.note || undefined));
	const answered = await dropTask(tx, escalation, 'finished');
	await withdrawDraft(tx, row.id);
	await publishAnswer(tx, 'lapor', { row, unit }, { body: text, accountId: null, by: 'lapor' });
	return answered;
}

/** Words of a note with which LAPOR, or its reporter, ended a report that no institution answered. */
const AUTOMATIC_END =
	/\b(?:ditutup|otomatis|oleh\s+(?:sistem|pelapor)|dinyatakan\s+selesai|tidak\s+ada\s+(?:tanggapan|respons?)|(?:me)?lewati?\s+batas\s+waktu)\b/i;

/**
 * Finds the institution's answer since the case was last disputed. The first of these is the answer:
 * 1. the last follow-up with this status
 * 2. the status's note, if it says more than the status
 * 3. the last follow-up without a status, if it is at most a day older than the status. An earlier one may only say "we
 *    passed it on"
 *
 * A doubtful text is not published, so that a person decides whether it is the answer. A follow-up is doubtful if it is
 * addressed to another institution. A note is doubtful in these cases:
 * - It may be about another status.
 * - It has words of an automatic end.
 * - The institution wrote a follow-up since the forward, so its words are probably there. The text then has both.
 */
async function institutionText(
	tx: Tx,
	locked: Forward,
	status: StatusNews
): Promise<{ text?: string | undefined; isDoubtful?: boolean | undefined }> {
	const { escalation, unit } = locked;
	const { name, note, isNoteDoubtful, institution, at: setAt, seenAt } = status;
	const [dispute] = await tx
		.select({ at: timeline.at })
		.from(timeline)
		.where(and(eq(timeline.caseId, escalation.caseId), eq(timeline.type, 'disputed')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	// LAPOR's times have whole seconds. A follow-up from before the forward only means that LAPOR's clock is behind.
	const second = new Date(Math.floor((dispute?.at.getTime() ?? 0) / 1000) * 1000);
	const all = await followupsOfOthers(tx, locked);
	const byInstitutions = all.filter(({ judgement }) => judgement !== 'no');
	const sinceDispute = byInstitutions.filter((one) => one.at >= second);
	const withStatus = sinceDispute.find((one) => one.statusName && statusKey(one.statusName) === statusKey(name));
	const dayBefore = new Date((seenAt ?? setAt ?? now()).getTime() - DAY_MS);
	// A follow-up with another status belongs to that status. "Being worked on" is not an answer.
	const withNone = sinceDispute.find((one) => one.statusName === null && one.at >= dayBefore);
	const repeatsNoAnswer = all.some((one) => one.judgement === 'no' && one.content === note);
	if (withStatus || repeatsNoAnswer || !saysMoreThan(name, note, [institution, unit.name])) {
		const answer = withStatus ?? withNone;
		return { text: answer?.content, isDoubtful: answer?.judgement === 'doubtful' };
	}
	const other = byInstitutions.find(
		({ content, statusName, author, bySystem }) =>
			!bySystem && content !== note && saysMoreThan(statusName || name, content, [author, unit.name])
	);
	const isDoubtful = isNoteDoubtful || AUTOMATIC_END.test(note) || other !== undefined;
	return { text: other ? `${note}\n\n${other.author}: ${other.content}` : note, isDoubtful };
}

/** The forward's follow-ups that this site did not write, newest first. */
async function followupsOfOthers(tx: Tx, locked: Forward) {
	const { content, statusName, escalationId, kind, own, at, id, raw } = escalationUpdates;
	const isFollowup = and(eq(escalationId, locked.escalation.id), eq(kind, 'followup'), eq(own, false));
	const rows = await tx
		.select({ content, statusName, at, raw })
		.from(escalationUpdates)
		.where(and(isFollowup, ne(content, '')))
		.orderBy(desc(at), desc(id));
	const judge = await judgeOfAnswers(tx, locked);
	return rows.map(({ content: text, raw: stored, ...row }) => {
		const followup = readFollowup(stored);
		const { author } = followup;
		return { ...row, content: text ?? '', author, bySystem: isBySystem(followup), judgement: judge(followup) };
	});
}
