import { formatDateTime, formatDay, type DateLocale } from '#lib/calendar/format.ts';
import type { LocalDate } from '#lib/calendar/days.ts';
import english from '#lib/messages/letters.en.json' with { type: 'json' };
import indonesian from '#lib/messages/letters.id.json' with { type: 'json' };

/** What a reporter is written of. */
export const REPORTER_LETTERS = [
	'received',
	'split',
	'message',
	'question',
	'reminder',
	'answered',
	'final',
	'archived',
	'objection_declined',
	'reopened',
	'receipt_renewed'
] as const;
export type ReporterLetterKind = (typeof REPORTER_LETTERS)[number];

/** What happened, and by when somebody has to act: a moment, or the last day. */
export interface Occasion {
	kind: ReporterLetterKind;
	by?: Date | LocalDate | null;
	/** Archived for want of an answer: it may still be completed. */
	incomplete?: boolean;
}

/** What a letter says beside that. Of the report itself it knows the number alone. */
export interface LetterFacts {
	reference: string;
	office: { name: string; zone: string };
	/** The office's own last line. */
	closing?: string;
	/** The site's address, without a slash at the end. */
	origin: string;
	/** Where letters are stopped. */
	stop: string;
}

const WORDS = { id: indonesian, en: english };
type Word = keyof typeof indonesian;

/** Letters are written by jobs, outside of any request that would name a language: the catalogs are read as they are. */
function wordsIn(language: DateLocale) {
	return (word: Word, blanks: Record<string, string> = {}): string =>
		WORDS[language][word].replace(/\{(\w+)\}/g, (all, name: string) => blanks[name] ?? all);
}

/** Where nobody is left to turn to here, the letter says who else there is (design.md, Tracking). */
const LAST_WORD: readonly ReporterLetterKind[] = ['final', 'archived', 'objection_declined'];

/** A letter to the reporter of a case: the number, the office, what happened, by when, and how to read on. */
export function reporterLetter(
	occasion: Occasion,
	facts: LetterFacts,
	language: DateLocale
): { subject: string; body: string } {
	const { kind } = occasion;
	const { reference, office, closing, origin, stop } = facts;
	const word = wordsIn(language);
	const date = dateOf(occasion.by, office.zone, language);
	const by: Word = occasion.incomplete ? 'letters_by_archived_incomplete' : `letters_by_${kind}`;
	const told = [
		word('letters_number', { reference }),
		word('letters_office', { office: office.name }),
		...(date ? [word(by, { date })] : [])
	];
	const paragraphs = [
		word('letters_greeting'),
		word(`letters_what_${kind}`),
		told.join('\n'),
		word('letters_how', { link: `${origin}/lacak${language === 'id' ? '' : `?lang=${language}`}` }),
		...(LAST_WORD.includes(kind) ? [word('letters_way_out')] : []),
		...(closing ? [closing] : []),
		`--\n${word('letters_automatic')}\n${word('letters_stop', { link: stop })}`
	];
	return { subject: word(`letters_subject_${kind}`, { reference }), body: `${paragraphs.join('\n\n')}\n` };
}

function dateOf(by: Occasion['by'], zone: string, language: DateLocale): string | undefined {
	if (!by) return undefined;
	return typeof by === 'string' ? formatDay(by, language) : formatDateTime(by, zone, language);
}
