import { isId } from '#lib/server/db/is-id.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { oneRow, type Database, type Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { lockCase, notDestroyed, type CaseRow, type UnitRow } from '#lib/server/cases/find.ts';
import { copyEscalationState } from '#lib/server/cases/move.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { recordEvent, type Author } from '#lib/server/cases/timeline.ts';
import { Conflict, invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

export type EscalationRow = typeof escalations.$inferSelect;

/** A forward: its row, its case and the office of the case. */
export interface Forward {
	escalation: EscalationRow;
	row: CaseRow;
	unit: UnitRow;
}

/** A forward, and whether its case's text was corrected. */
export interface FoundForward extends Forward {
	/** Whether the case's text was corrected at the reporter's request after a person confirmed this forward. */
	textCorrected: boolean;
}

/** SQL condition for `textCorrected`. A corrected name changes no text. */
const isTextCorrected = sql<boolean>`exists (select 1 from timeline c
	where c.case_id = escalations.case_id and c.type = 'data_corrected'
		and jsonb_path_exists(c.data, '$.changes[*] ? (@.field != "name")')
		and c.seq > (select min(w.seq) from timeline w where w.case_id = escalations.case_id
			and w.type = 'escalation_waiting' and w.data ->> 'escalation' = escalations.id::text))`;

const found = { escalation: escalations, textCorrected: isTextCorrected };

/** The forward, with its row and case locked: the case first, so that two verbs never deadlock. @throws NotFound */
export async function lockEscalation(tx: Tx, id: string): Promise<FoundForward> {
	const unlocked = oneRow(
		await tx.select({ caseId: escalations.caseId }).from(escalations).where(isId(escalations.id, id))
	);
	const { row, unit } = await lockCase(tx, unlocked.caseId);
	const locked = await tx.select(found).from(escalations).where(eq(escalations.id, id)).for('update').then(oneRow);
	return { ...locked, row, unit };
}

/** The forward, not locked, if the actor may see the case. @throws NotFound */
export async function escalationForActor(on: Database | Tx, actor: Actor, id: string): Promise<FoundForward> {
	return on
		.select({ ...found, row: cases, unit: units })
		.from(escalations)
		.innerJoin(cases, eq(cases.id, escalations.caseId))
		.innerJoin(units, eq(units.id, cases.unitId))
		.where(and(isId(escalations.id, id), visibleTo(actor)))
		.then(oneRow);
}

/** The same, locked. Every change by a person begins with it. @throws as `lockCaseForActor` */
export async function lockEscalationForActor(tx: Tx, actor: Actor, id: string): Promise<FoundForward> {
	await lockEscalation(tx, id);
	// Check access after the lock, because another decision can change it while this call waits.
	const locked = await escalationForActor(tx, actor, id);
	notDestroyed(locked);
	return locked;
}

/** Stops asking LAPOR about these cases, because it would send their destroyed words again. */
export async function stopPolling(tx: Tx, caseIds: readonly number[]): Promise<void> {
	await tx
		.update(escalations)
		.set({ nextPollAt: null, nextLookupAt: null })
		.where(inArray(escalations.caseId, [...caseIds]));
}

/**
 * Counts a waiting forward's time from now, because nobody could send it while its processing was restricted. Else it would
 * be stuck before it is tried. The case must be locked.
 */
export async function restartWaiting(tx: Tx, caseId: number): Promise<void> {
	await tx
		.update(escalations)
		.set({ waitingSince: now() })
		.where(and(eq(escalations.caseId, caseId), eq(escalations.state, 'waiting')));
}

const RESENDABLE_STATES: readonly EscalationRow['state'][] = ['rejected', 'stuck', 'closed'];
/** Reasons with which a gateway may block only one report. */
export const BLOCKED: readonly string[] = ['refused_without_reason', 'forbidden'];

/** Reason of a waiting row of manual mode whose case's text was corrected: a person may have copied the former text. */
export const TEXT_OUTDATED = 'text_outdated';

/**
 * Whether a person may send the report again with other text. That is allowed in `RESENDABLE_STATES`, for rows whose
 * text is outdated, and for rows that a gateway may block alone, because then no test call helps.
 */
export const isResendable = ({ state, reasonCode }: Pick<EscalationRow, 'state' | 'reasonCode'>): boolean =>
	RESENDABLE_STATES.includes(state) || (state === 'waiting' && [...BLOCKED, TEXT_OUTDATED].includes(reasonCode ?? ''));

type Change = Partial<Omit<EscalationRow, 'id' | 'caseId' | 'nn' | 'reference' | 'version' | 'updatedAt'>>;

/** Updates a locked row, increments its version and copies its state to the case. */
export async function changeEscalation(tx: Tx, before: EscalationRow, set: Change): Promise<EscalationRow> {
	const [changed] = await tx
		.update(escalations)
		.set({ ...set, updatedAt: now(), version: before.version + 1 })
		.where(and(eq(escalations.id, before.id), eq(escalations.version, before.version)))
		.returning();
	if (!changed) throw new Conflict('stale', { version: before.version });
	if (changed.state !== before.state) await copyEscalationState(tx, changed.caseId);
	return changed;
}

type NumberedForward = Pick<EscalationRow, 'id' | 'caseId' | 'reference'>;

/**
 * Another case's forward that has this number at LAPOR; undefined if there is none. Serialises transactions about the
 * same number.
 */
export async function otherForwardWith(tx: Tx, laporId: string, caseId: number): Promise<NumberedForward | undefined> {
	await lockKey(tx, `lapor-number/${laporId}`);
	const [used] = await tx
		.select({ id: escalations.id, caseId: escalations.caseId, reference: escalations.reference })
		.from(escalations)
		.where(and(eq(escalations.laporId, laporId), ne(escalations.caseId, caseId)));
	return used;
}

/** Whether LAPOR's response to the create gave this number, although another case has it. */
export const wasAnsweredWith = ({ reasonCode, reasonText }: EscalationRow, laporId: string): boolean =>
	reasonCode === 'number_in_use' && reasonText === `#${laporId}`;

/** Whether LAPOR's number of this forward is now the number of another case's report, as a person has confirmed there. */
export const hasLostNumber = ({ reasonCode }: EscalationRow): boolean => reasonCode === LOST_NUMBER;
export const LOST_NUMBER = 'number_lost';
/** Condition for forwards that have the number of their own report. */
export const hasOwnNumber = sql`${escalations.laporId} is not null and ${escalations.reasonCode} is distinct from ${LOST_NUMBER}`;

/**
 * Refuses a number that another case already has, because that is a typing error here or there. A number that LAPOR gave
 * to this report is accepted: it may give one number twice, or a person typed it wrongly there. The refusal has the other
 * forward's number only if the actor may see its case.
 */
export async function requireUnusedLaporNumber(
	tx: Tx,
	actor: Actor,
	row: EscalationRow,
	laporId: string
): Promise<void> {
	const other = await otherForwardWith(tx, laporId, row.caseId);
	if (!other || wasAnsweredWith(row, laporId)) return;
	const isSeen = and(eq(cases.id, other.caseId), visibleTo(actor));
	if ((await tx.$count(cases, isSeen)) === 0) throw invalid('lapor_id', 'escalation_lapor_id_elsewhere');
	throw invalid('lapor_id', 'escalation_lapor_id_used', { reference: other.reference });
}

/** Whether a person typed the forward's number, so that it can be wrong. Else it came from LAPOR. */
export async function hasTypedNumber(on: Database | Tx, { id, caseId }: NumberedForward): Promise<boolean> {
	const isSent = sql`${timeline.data} @> ${JSON.stringify({ escalation: id })}`;
	const [latest] = await on
		.select({ by: sql<string | null>`${timeline.data} ->> 'by'` })
		.from(timeline)
		.where(and(eq(timeline.caseId, caseId), eq(timeline.type, 'escalation_sent'), isSent))
		.orderBy(desc(timeline.seq))
		.limit(1);
	return isTyped(latest?.by);
}

/** Whether the number of an entry `escalation_sent` was typed, `by` its data. */
export const isTyped = (by: unknown): boolean => by === 'person' || by === 'inbound';

/** Types of timeline entries about forwarding. The reporter sees those in `PUBLIC`; the others are internal. */
type EscalationEvent = Extract<TimelineType, `escalation_${string}`>;

const PUBLIC: readonly EscalationEvent[] = [
	'escalation_waiting',
	'escalation_sent',
	'escalation_status',
	'escalation_followup'
];

/**
 * Writes an event of a forward to the case's timeline. Public entries must contain nothing internal: reasons of handlers and
 * texts of failed responses belong in private entries.
 */
export async function recordEscalation(
	tx: Tx,
	{ row, escalation }: Pick<Forward, 'row' | 'escalation'>,
	type: EscalationEvent,
	author: Author,
	data: Record<string, unknown> = {}
): Promise<void> {
	await recordEvent(tx, row, {
		type,
		author,
		public: PUBLIC.includes(type),
		data: { escalation: escalation.id, nn: escalation.nn, ...data }
	});
}

/** Changes a locked forward and writes the entry about it. */
export async function changeWithEntry(
	tx: Tx,
	before: Forward,
	set: Change,
	type: EscalationEvent,
	author: Author,
	data?: Record<string, unknown>
): Promise<EscalationRow> {
	const escalation = await changeEscalation(tx, before.escalation, set);
	await recordEscalation(tx, { ...before, escalation }, type, author, data);
	return escalation;
}
