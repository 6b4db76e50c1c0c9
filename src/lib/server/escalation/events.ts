import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { recordEvent, type Author } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { changeEscalation, type Change, type EscalationRow, type Locked } from './rows.ts';

/** Timeline entries of forwarding. The reporter sees those in `PUBLIC`; the others are internal. */
export type EscalationEvent = Extract<TimelineType, `escalation_${string}`>;

const PUBLIC: readonly EscalationEvent[] = [
	'escalation_waiting',
	'escalation_sent',
	'escalation_status',
	'escalation_followup'
];

/**
 * Writes an event of a forward to the case's timeline. Public entries must contain nothing internal: reasons of handlers and
 * texts of failed answers belong in private ones.
 */
export async function recordEscalation(
	tx: Tx,
	{ row, escalation }: Pick<Locked, 'row' | 'escalation'>,
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
	before: Locked,
	set: Change,
	type: EscalationEvent,
	author: Author,
	data?: Record<string, unknown>
): Promise<EscalationRow> {
	const escalation = await changeEscalation(tx, before.escalation, set);
	await recordEscalation(tx, { ...before, escalation }, type, author, data);
	return escalation;
}
