import { and, desc, eq, gte, isNotNull, ne } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { isAnswerFinal, OPEN_STATUSES } from '#lib/cases/moves.ts';
import { publishAnswer } from '#lib/server/cases/answers/answer.ts';
import { withdrawDraft } from '#lib/server/cases/answers/draft.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { isReplaced } from '../forward/compose.ts';
import type { EscalationRow, Forward } from '../rows.ts';
import { dropTask, raiseTask } from '../tasks.ts';
import { statusKey, type LaporStatus } from './lapor-status.ts';
import { saysMoreThan } from './news.ts';

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
export async function finish(tx: Tx, locked: Forward, status: StatusNews): Promise<EscalationRow> {
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

/**
 * Finds the institution's answer since the case was last disputed. The first of these is the answer:
 * 1. the last follow-up with this status
 * 2. the status's note, if it says more than the status
 * 3. the last follow-up without a status, if it is at most a day older than the status. An earlier one may only say "we
 *    passed it on"
 *
 * If the note may be about another status, the text is doubtful: a person decides whether it is the answer.
 */
async function institutionText(
	tx: Tx,
	{ escalation, unit }: Forward,
	status: StatusNews
): Promise<{ text?: string | null | undefined; isDoubtful?: boolean | undefined }> {
	const { name, note, isNoteDoubtful, institution, at: setAt, seenAt } = status;
	const [dispute] = await tx
		.select({ at: timeline.at })
		.from(timeline)
		.where(and(eq(timeline.caseId, escalation.caseId), eq(timeline.type, 'disputed')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	// LAPOR's times have whole seconds. A follow-up from before the forward only means that LAPOR's clock is behind.
	const second = dispute && new Date(Math.floor(dispute.at.getTime() / 1000) * 1000);
	const { content, statusName, escalationId, kind, own, author, at, id } = escalationUpdates;
	// A follow-up without an institution may be by the reporter.
	const isByInstitution = and(eq(own, false), isNotNull(author), ne(content, ''));
	const isFollowup = and(eq(escalationId, escalation.id), eq(kind, 'followup'), isByInstitution);
	const institutionFollowups = await tx
		.select({ content, statusName, at })
		.from(escalationUpdates)
		.where(and(isFollowup, second && gte(at, second)))
		.orderBy(desc(at), desc(id));
	const withStatus = institutionFollowups.find(
		(one) => one.statusName && statusKey(one.statusName) === statusKey(name)
	)?.content;
	const dayBefore = new Date((seenAt ?? setAt ?? now()).getTime() - DAY_MS);
	// A follow-up with another status belongs to that status. "Being worked on" is not an answer.
	const withNone = institutionFollowups.find((one) => one.statusName === null && one.at >= dayBefore)?.content;
	if (withStatus || !saysMoreThan(name, note, [institution, unit.name])) return { text: withStatus ?? withNone };
	return { text: isNoteDoubtful ? (withNone ?? note) : note, isDoubtful: isNoteDoubtful };
}
