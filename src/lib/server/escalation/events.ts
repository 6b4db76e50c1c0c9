import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { recordEvent, type Author } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { EscalationRow, Locked } from '#lib/server/escalation/rows.ts';

/** The kinds of entries that forwarding writes. The reporter reads those of `PUBLIC`; the rest is the office's own. */
export type EscalationEvent = Extract<TimelineType, `escalation_${string}`>;

const PUBLIC: readonly EscalationEvent[] = [
	'escalation_waiting',
	'escalation_sent',
	'escalation_status',
	'escalation_followup'
];

/**
 * Writes what happened to a forward on the case's timeline. Public entries must hold nothing that is the office's own:
 * reasons of handlers and words of failed answers stand in private ones.
 */
export async function recordEscalation(
	tx: Tx,
	{ row, escalation }: Pick<Locked, 'row'> & { escalation: Pick<EscalationRow, 'id' | 'nn'> },
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
