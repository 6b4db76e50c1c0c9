import { and, desc, eq, gte, isNotNull, ne, notInArray } from 'drizzle-orm';
import { publishAnswer } from '#lib/server/cases/answers/answer.ts';
import { withdrawDraft } from '#lib/server/cases/answers/publish.ts';
import type { Author } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { escalations, escalationUpdates } from '#lib/server/db/schema/escalations.ts';
import { recordEscalation } from '../events.ts';
import { isFinalAtLapor, isSameStatus, statusKey, type LaporStatus } from './lapor-status.ts';
import { saysMoreThan } from './news.ts';
import { changeEscalation, type EscalationRow, type Locked } from '../rows.ts';
import { dropTask, raiseTask } from '../tasks.ts';

/** A status of LAPOR with its meaning for a forward. */
export interface StatusNews {
	name: string;
	meaning: LaporStatus;
	/** When it was set there; undefined if LAPOR gives no time. */
	at: Date | undefined;
	/** The note beside it at LAPOR, or entered by a person. */
	note: string;
	/** The institution's answer, if a person entered it with the status. */
	text?: string;
}

/**
 * Moves a forward to a status of LAPOR. The reporter sees the status, a final one closes the forward, and Selesai with an
 * institution's text answers a case in progress. A status older than the last applied one changes nothing.
 */
export async function applyStatus(tx: Tx, locked: Locked, status: StatusNews, author: Author): Promise<EscalationRow> {
	const before = locked.escalation;
	const { at = before.laporNewsAt } = status;
	if (before.laporNewsAt && at && at < before.laporNewsAt) return before;
	if (isSameStatus(before.laporStatus, status.name)) return changeEscalation(tx, before, { laporNewsAt: at });
	const final = isFinalAtLapor(status.meaning);
	const reopened = !final && before.state === 'closed' && (await isOnlyForward(tx, before));
	const escalation = await changeEscalation(tx, before, {
		laporStatus: status.name,
		laporNewsAt: at,
		...(final ? { state: 'closed' as const, closedAt: before.closedAt ?? now() } : {}),
		...(reopened ? { state: 'sent' as const, closedAt: null } : {})
	});
	const after = { ...locked, escalation };
	await recordEscalation(tx, after, 'escalation_status', author, {
		lapor_id: escalation.laporId,
		status_name: status.name,
		meaning: status.meaning,
		...(status.at ? { at: status.at.toISOString() } : {}),
		...(status.note ? { note: status.note } : {})
	});
	if (final && before.state !== 'closed')
		await recordEscalation(tx, after, 'escalation_closed', author, { status_name: status.name });
	return followUp(tx, { ...after, escalation: await dropTask(tx, escalation, 'postponed', 'status_unmapped') }, status);
}

/** Task that a status creates for the office. */
async function followUp(tx: Tx, locked: Locked, status: StatusNews): Promise<EscalationRow> {
	const { note, meaning } = status;
	if (meaning === 'finished') return finish(tx, locked, status);
	if (meaning === 'refused' || meaning === 'archived' || meaning === 'postponed')
		return raiseTask(tx, locked, meaning, note || undefined);
	return locked.escalation;
}

const OWED: readonly string[] = ['received', 'verified', 'in_progress', 'needs_info'];

async function finish(tx: Tx, locked: Locked, status: StatusNews): Promise<EscalationRow> {
	const { row, unit, escalation } = locked;
	if (!OWED.includes(row.status)) return escalation;
	const text = status.text ?? (await institutionText(tx, escalation, status));
	if (!text || row.status !== 'in_progress')
		return raiseTask(tx, locked, 'finished', text ?? (status.note || undefined));
	await withdrawDraft(tx, row.id);
	await publishAnswer(tx, 'lapor', { row, unit }, { body: text, accountId: null, by: 'lapor' });
	return escalation;
}

/**
 * Finds the institution's answer: a follow-up with this status, else the note beside it if not empty, else the last follow-up
 * without a status since the report was sent or last disputed.
 */
async function institutionText(
	tx: Tx,
	escalation: EscalationRow,
	{ name, note }: StatusNews
): Promise<string | undefined> {
	const [dispute] = await tx
		.select({ at: timeline.at })
		.from(timeline)
		.where(and(eq(timeline.caseId, escalation.caseId), eq(timeline.type, 'disputed')))
		.orderBy(desc(timeline.seq))
		.limit(1);
	const since = dispute?.at ?? escalation.sentAt ?? escalation.createdAt;
	// LAPOR's times have whole seconds.
	const second = new Date(Math.floor(since.getTime() / 1000) * 1000);
	const said = await tx
		.select({ content: escalationUpdates.content, statusName: escalationUpdates.statusName })
		.from(escalationUpdates)
		.where(
			and(
				eq(escalationUpdates.escalationId, escalation.id),
				eq(escalationUpdates.kind, 'followup'),
				eq(escalationUpdates.own, false),
				isNotNull(escalationUpdates.content),
				ne(escalationUpdates.content, ''),
				gte(escalationUpdates.at, second)
			)
		)
		.orderBy(desc(escalationUpdates.at), desc(escalationUpdates.id));
	const withStatus = said.find((one) => one.statusName && statusKey(one.statusName) === statusKey(name))?.content;
	// A follow-up with another status belongs to that status: "being worked on" is no answer.
	const withNone = said.find((one) => one.statusName === null)?.content;
	return withStatus ?? (saysMoreThan(name, note) ? note : (withNone ?? undefined));
}

async function isOnlyForward(tx: Tx, row: EscalationRow): Promise<boolean> {
	const [other] = await tx
		.select({ id: escalations.id })
		.from(escalations)
		.where(
			and(
				eq(escalations.caseId, row.caseId),
				ne(escalations.id, row.id),
				notInArray(escalations.state, ['rejected', 'closed'])
			)
		);
	return other === undefined;
}
