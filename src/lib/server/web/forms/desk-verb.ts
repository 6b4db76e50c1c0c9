import { redirect, type RequestEvent } from '@sveltejs/kit';
import { sentFiles, type SentFile } from '#lib/server/attachments/keep.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { asForm } from '../http/answers.ts';
import { readForm, type ReadForm } from '../http/form.ts';
import { signedIn } from '../http/signed-in.ts';
import { requireFilled, useTemplate, type Words } from './use-template.ts';

/** Input of a verb: who, on which case, and the typed values and files. */
export interface Given {
	actor: Actor;
	reference: string;
	data: Record<string, unknown>;
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

type Fields = RequestEvent<{ reference: string }>;

/**
 * Form action of a verb: reads the form, makes one domain call, and returns to the case with a message. A refused form comes
 * back with everything typed. If the person may no longer see the case afterwards (an integrity case moves to the unit above),
 * the action leads to the inbox, which says so.
 *
 * @param words set if the form takes templates; it then accepts "use template" and refuses unfilled placeholders
 */
export function deskVerb(verb: (given: Given) => Promise<Done>, words?: Words) {
	return async (event: Fields) => {
		const typed: ReadForm['typed'] = {};
		return asForm(typed, async () => {
			const given = await givenBy(event, typed);
			if (words && given.data.use_template) return useTemplate(given, typed, words);
			// An internal note may contain placeholders.
			if (words && given.data.public !== 'false') requireFilled(given.data, words);
			const done = await verb(given);
			return redirect(303, await afterwards(given, done));
		});
	};
}

/** Reads the form of a verb. Fills `typed` before anything can throw. */
export async function givenBy(event: Fields, typed: ReadForm['typed']): Promise<Given> {
	const read = await readForm(event.request);
	Object.assign(typed, read.typed);
	// Forms of irreversible verbs contain `confirm` and a check box.
	if (read.data.confirm && !read.data.confirmed && !read.data.use_template)
		throw new Invalid([{ path: 'confirmed', code: 'confirm_missing' }]);
	const files = await sentFiles(read.files);
	return { actor: signedIn(event.locals), reference: event.params.reference, data: read.data, files };
}

async function afterwards({ actor, reference }: Given, done: Done): Promise<string> {
	try {
		const { row } = await caseForActor(actor, reference);
		return `/desk/cases/${row.reference}?done=${done}`;
	} catch (cause) {
		if (!(cause instanceof NotFound)) throw cause;
		return `/desk?gone=${encodeURIComponent(reference)}`;
	}
}
