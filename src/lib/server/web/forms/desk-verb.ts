import type { RequestEvent } from '@sveltejs/kit';
import { addListToAddress } from '#lib/cases/inbox-query.ts';
import { sentFiles, type SentFile } from '#lib/server/attachments/stored-files.ts';
import { Invalid, invalid, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import type { Done } from '#lib/words/done.ts';
import type { ReadForm } from '../http/form.ts';
import type { FormResult } from '../http/error-responses.ts';
import { formAction } from '../http/staff-page.ts';
import { requireNoPlaceholder, insertTemplate, type TemplateField } from './case-templates.ts';
import { pageAfter } from './page-after.ts';

/** Input of a verb: the actor, the case, and the typed values and files. */
export interface VerbInput extends Pick<ReadForm, 'data' | 'typed'> {
	actor: Actor;
	reference: string;
	/** Query string of the list from which the case was opened. */
	list: string | null;
	files: SentFile[];
}

type CaseEvent = RequestEvent<{ reference: string }>;

/**
 * Makes the form action of a verb: reads the form, calls the domain once, and leads to the next page with a message. A
 * refused form is shown again with everything typed. If the person may no longer see the case afterwards (an integrity
 * case moves to the unit above), the action leads to the inbox with a message.
 *
 * @param verb returns the outcome, or the form to be shown again
 * @param templateField set if the form takes templates. The action then accepts "use template" and refuses unfilled
 *   placeholders.
 */
export const deskVerb = <Again extends FormResult = never>(
	verb: (input: VerbInput) => Promise<Done | Again>,
	templateField?: TemplateField
) =>
	caseAction(async (input) => {
		if (templateField && input.data.use_template) return insertTemplate(input, templateField);
		// An internal note may contain placeholders.
		if (templateField && input.data.public !== 'false') requireNoPlaceholder(input.data, templateField);
		const done = await verb(input);
		if (typeof done !== 'string') return done;
		const { actor, reference, list } = input;
		return pageAfter(actor, reference, done, list);
	});

/** Form action of a verb that takes the form's fields and has one outcome. */
export const verbWithOneOutcome = (
	verb: (actor: Actor, reference: string, data: VerbInput['data']) => Promise<unknown>,
	done: Done
) =>
	deskVerb(async ({ actor, reference, data }) => {
		await verb(actor, reference, data);
		return done;
	});

/** Form action about a case: runs `work`, and redirects to the address that it returns. Other values go to the page. */
export const caseAction = <T>(work: (input: VerbInput) => Promise<T>, options: { confirm?: true } = {}) =>
	formAction(async (actor, { data, typed, files }, { params: { reference }, url }: CaseEvent) => {
		// Forms of irreversible verbs contain `confirm` and a check box.
		if (data.confirm && !data.confirmed && !data.use_template) throw invalid('confirmed', 'confirm_missing');
		const list = url.searchParams.get('list');
		const done = await work({ actor, reference, list, data, typed, files: await sentFiles(files) });
		return typeof done === 'string' ? addListToAddress(done, list) : done;
	}, options);

/** The result of a look-up from an address, or null if the address is old: the page then asks for the number. */
export const nullIfRefused = <T>(found: Promise<T>): Promise<T | null> =>
	found.catch((cause: unknown) => {
		if (cause instanceof Invalid || cause instanceof NotFound) return null;
		throw cause;
	});
