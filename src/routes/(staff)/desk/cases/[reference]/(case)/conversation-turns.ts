import { isAnswered } from '#lib/cases/moves.ts';
import { m } from '#lib/paraglide/messages.js';
import type { WholeDeskCase } from '#lib/server/cases/view.ts';
import { recordedLine, speaker, voice } from '#lib/words/conversation.ts';
import { timelineWord, whoDid } from '#lib/words/timeline.ts';

export type Turn = ReturnType<typeof conversationTurns>[number];

/**
 * The messages of a case and decisions about objections, as its page shows them. The server makes their headings, as it
 * makes the lines of the history.
 * @param held numbers of the entries whose text the reporter does not have yet
 */
export function conversationTurns({ conversation, timeline, status, unit }: WholeDeskCase, held: ReadonlySet<number>) {
	// Staff can't change the answer that the reporter reads as the office's last word.
	const sentAnswer = isAnswered(status)
		? conversation.findLast(({ entry }) => entry?.type === 'answered')?.entry
		: null;
	const said = conversation.map(({ entry, ...said }) => {
		const heading = entry && entry.type !== 'message' && timelineWord(entry.type);
		const { action, action_on: actionOn, letter, unproven } = entry?.data ?? {};
		const recorded = entry && recordedLine(entry, unit.timeZone);
		const lines = [
			heading,
			recorded,
			unproven === true && m.incoming_unproven(),
			entry && held.has(entry.seq) && m.channels_text_held(),
			entry && entry === sentAnswer && m.answering_sent_stays()
		];
		return {
			...said,
			voice: voice(said),
			speaker: speaker(said),
			lines: lines.filter((line) => typeof line === 'string'),
			action: text(action),
			actionOn: text(actionOn),
			letter: text(letter)
		};
	});
	return [...said, ...declinedObjections(timeline)].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** The answers to objections that were declined. They are no messages, but the reporter reads their reasons. */
const declinedObjections = (timeline: WholeDeskCase['timeline']) =>
	timeline
		.filter(({ type }) => type === 'objection_declined')
		.map((entry) => ({
			id: `entry-${entry.seq}`,
			author: 'staff' as const,
			voice: 'office' as const,
			speaker: whoDid(entry),
			lines: [timelineWord(entry.type)],
			at: entry.at,
			body: text(entry.data.reason) ?? '',
			mentioned: [],
			files: [],
			action: null,
			actionOn: null,
			letter: null
		}));

const text = (value: unknown) => (typeof value === 'string' ? value : null);
