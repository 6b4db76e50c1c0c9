import { m } from '#lib/paraglide/messages.js';
import type { ReporterLetterKind } from '#lib/server/reporters/letter.ts';

export const letterWords: Record<ReporterLetterKind, () => string> = {
	received: m.letters_when_received,
	split: m.letters_when_split,
	message: m.letters_when_message,
	question: m.letters_when_question,
	reminder: m.letters_when_reminder,
	answered: m.letters_when_answered,
	final: m.letters_when_final,
	archived: m.letters_when_archived,
	objection_declined: m.letters_when_objection_declined,
	reopened: m.letters_when_reopened,
	receipt_renewed: m.letters_when_receipt_renewed
};
