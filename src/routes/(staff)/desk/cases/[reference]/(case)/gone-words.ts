import { m } from '#lib/paraglide/messages.js';
import type { TimelineEntry } from '#lib/server/cases/timeline.ts';
import { timelineWord, whoDid } from '#lib/words/timeline.ts';

type Entry = Pick<TimelineEntry, 'type' | 'actorKind' | 'actorName'>;

/** Why a step that was chosen is not possible any more: the last step of a colleague. Words do not count as a step. */
export function goneWords(timeline: readonly Entry[]): string {
	const last = timeline.findLast(
		({ type, actorKind }) => actorKind === 'staff' && type !== 'note' && type !== 'message'
	);
	return last ? m.desk_step_gone({ event: timelineWord(last.type), name: whoDid(last) }) : m.error_invalid_move();
}
