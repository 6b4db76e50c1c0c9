import type { TimelineType } from '#lib/cases/vocabulary.ts';
import { m } from '#lib/paraglide/messages.js';
import type { TimelineEntry } from '#lib/server/cases/timeline.ts';
import { timelineWord, whoDid } from '#lib/words/timeline.ts';

type Entry = Pick<TimelineEntry, 'type' | 'actorKind' | 'actorName'>;

/** Entries that make no step impossible, besides `clock_…` and `escalation_…`. */
const NO_STEPS: readonly TimelineType[] = [
	...(['note', 'message', 'attached', 'revealed', 'sealed_print', 'copy_downloaded', 'undelivered'] as const),
	...(['contact_tried', 'contact_changed', 'data_requested', 'calendar_changed'] as const)
];

/** Names the last step in the timeline and who took it, to explain why the form can't be sent. */
export function stepTakenWords(timeline: readonly Entry[]): string {
	const last = timeline.findLast(
		({ type }) => !NO_STEPS.includes(type) && !type.startsWith('clock_') && !type.startsWith('escalation_')
	);
	return last ? m.desk_step_gone({ event: timelineWord(last.type), name: whoDid(last) }) : m.error_invalid_move();
}
