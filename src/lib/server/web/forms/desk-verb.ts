import type { RequestEvent } from '@sveltejs/kit';
import { sentFiles, type SentFile } from '#lib/server/attachments/stored-files.ts';
import { Invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { ReadForm } from '../http/form.ts';
import { formAction } from '../http/staff-page.ts';
import { requireFilled, useTemplate, type Words } from './case-templates.ts';
import { pageAfter } from './desk-case-form.ts';

/** Input of a verb: who, on which case, and the typed values and files. */
export interface Given extends Pick<ReadForm, 'data' | 'typed'> {
	actor: Actor;
	reference: string;
	files: SentFile[];
}

/** Outcome of a verb, shown once on the case page. */
export type Done =
	| 'opened'
	| 'verified'
	| 'assigned'
	| 'asked'
	| 'message_sent'
	| 'note_kept'
	| 'answered'
	| 'drafted'
	| 'approved'
	| 'sent_back'
	| 'archived'
	| 'archive_drafted'
	| 'reopened'
	| 'objection_declined'
	| 'officers_changed'
	| 'removal_asked'
	| 'contacted'
	| 'recorded'
	| 'classified'
	| 'moved'
	| 'split'
	| 'clarification_asked'
	| 'clarification_withdrawn'
	| 'linked'
	| 'unlinked'
	| 'answered_directly';

type CaseEvent = RequestEvent<{ reference: string }>;

/**
 * Form action of a verb: reads the form, makes one domain call, and returns to the case with a message. A refused form comes
 * back with everything typed. If the person may no longer see the case afterwards (an integrity case moves to the unit above),
 * the action leads to the inbox, which says so.
 *
 * @param words set if the form takes templates; it then accepts "use template" and refuses unfilled placeholders
 */
export const deskVerb = (verb: (given: Given) => Promise<Done>, words?: Words) =>
	caseForm(async (given) => {
		if (words && given.data.use_template) return useTemplate(given, words);
		// An internal note may contain placeholders.
		if (words && given.data.public !== 'false') requireFilled(given.data, words);
		const done = await verb(given);
		const { actor, reference } = given;
		return pageAfter(actor, reference, done, `/desk?gone=${encodeURIComponent(reference)}`);
	});

/** Form action of a verb that takes the form's fields and has one outcome. */
export const plainVerb = (
	verb: (actor: Actor, reference: string, data: Given['data']) => Promise<unknown>,
	done: Done
) =>
	deskVerb(async ({ actor, reference, data }) => {
		await verb(actor, reference, data);
		return done;
	});

/** Form action about a case: runs `work` with the form, and redirects to the address that it returns. */
export const caseForm = <T>(work: (given: Given) => Promise<T>) =>
	formAction(async (actor, { data, typed, files }, { params: { reference } }: CaseEvent) => {
		// Forms of irreversible verbs contain `confirm` and a check box.
		if (data.confirm && !data.confirmed && !data.use_template)
			throw new Invalid([{ path: 'confirmed', code: 'confirm_missing' }]);
		return work({ actor, reference, data, typed, files: await sentFiles(files) });
	});
