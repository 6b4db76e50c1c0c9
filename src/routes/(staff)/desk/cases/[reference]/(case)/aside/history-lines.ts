import type { WholeDeskCase } from '#lib/server/cases/view.ts';
import { cutText } from '#lib/text/cut-text.ts';
import { entryDetail } from '#lib/words/timeline-details.ts';
import { timelineWord, whoDid } from '#lib/words/timeline.ts';

/** Characters of a text of LAPOR. */
const SHOWN = 600;

export type HistoryLine = ReturnType<typeof historyLines>[number];

/**
 * The timeline of a case in words, the latest entry first. The server makes them: the words of every kind of entry would
 * be a sixth of the scripts of a case page.
 */
export const historyLines = ({ timeline, unit }: WholeDeskCase, references: ReadonlyMap<number, string>) =>
	[...timeline].reverse().map((entry) => ({
		seq: entry.seq,
		at: entry.at,
		what: timelineWord(entry.type),
		who: whoDid(entry),
		// The page of the forward has the whole text of LAPOR.
		detail: cutText(entryDetail(entry, unit.timeZone) ?? '', entry.actorKind === 'lapor' ? SHOWN : Infinity),
		/** Reference of the case that the entry names. */
		other: references.get(Number(entry.data.case)),
		/** The conversation of a message that came by e-mail, WhatsApp or SMS. Whoever sees the case may see it. */
		conversation: Number(entry.data.conversation) || undefined,
		/** A step that a person took, apart from messages, which the conversation shows. */
		isStep: entry.type === 'answered' || (entry.actorKind !== 'system' && entry.data.message === undefined)
	}));
