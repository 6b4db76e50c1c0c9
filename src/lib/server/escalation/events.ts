import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { recordEvents, type Author } from '#lib/server/cases/timeline.ts';
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

type About = { row: Pick<Locked['row'], 'id' | 'version'>; escalation: Pick<EscalationRow, 'id' | 'nn'> };

/**
 * Writes what happened to a forward on the case's timeline. Public entries must hold nothing that is the office's own:
 * reasons of handlers and words of failed answers stand in private ones.
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

/** The same for several forwards, each of another case. */
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
