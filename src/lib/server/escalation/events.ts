import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { recordEvents, type Author } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import type { EscalationRow, Locked } from './rows.ts';

/** Timeline entries of forwarding. The reporter sees those in `PUBLIC`; the others are internal. */
export type EscalationEvent = Extract<TimelineType, `escalation_${string}`>;

const PUBLIC: readonly EscalationEvent[] = [
	'escalation_waiting',
	'escalation_sent',
	'escalation_status',
	'escalation_followup'
];

type About = { row: Pick<Locked['row'], 'id' | 'version'>; escalation: Pick<EscalationRow, 'id' | 'nn'> };

/**
 * Writes an event of a forward to the case's timeline. Public entries must contain nothing internal: reasons of handlers and
 * texts of failed answers belong in private ones.
 */
export async function recordEscalation(
	tx: Tx,
	about: About,
	type: EscalationEvent,
	author: Author,
	data: Record<string, unknown> = {}
): Promise<void> {
	await recordEscalations(tx, [{ about, data }], type, author);
}

/** The same for several forwards, each of a different case. */
export async function recordEscalations(
	tx: Tx,
	all: readonly { about: About; data: Record<string, unknown> }[],
	type: EscalationEvent,
	author: Author
): Promise<void> {
	await recordEvents(
		tx,
		all.map(({ about: { row, escalation }, data }) => ({
			row,
			event: {
				type,
				author,
				public: PUBLIC.includes(type),
				data: { escalation: escalation.id, nn: escalation.nn, ...data }
			}
		}))
	);
}
