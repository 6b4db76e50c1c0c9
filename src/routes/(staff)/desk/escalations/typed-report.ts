import { fail, isActionFailure, type ActionFailure } from '@sveltejs/kit';
import { institutionNames, searchInstitutions, type Found } from '#lib/server/escalation/connection/institutions.ts';
import type { FormAnswer } from '#lib/server/web/http/answers.ts';
import { chosenOrTyped, typedText } from '#lib/server/web/forms/chosen.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';

/**
 * The institution a form names. Where one was chosen its name takes the place of what was typed, so that a form that
 * comes back shows it.
 */
export async function typedTarget({ typed }: Pick<ReadForm, 'typed'>): Promise<{ institution?: string }> {
	const institution = chosenOrTyped(typed, 'institution');
	if (!institution) return {};
	const name = (await institutionNames([institution])).get(institution);
	if (name) Object.assign(typed, { institution: name, institution_id: institution, institution_of: name });
	return { institution };
}

export const institutionsFor = (typed: ReadForm['typed']): Promise<Found> =>
	searchInstitutions(typedText(typed, 'institution'));

/** A form that came back because of its institution brings what the list has for the name that was typed. */
export async function withInstitutions<T>(
	answer: T | ActionFailure<FormAnswer>
): Promise<T | ActionFailure<FormAnswer & { found?: Found }>> {
	if (!isActionFailure(answer)) return answer;
	const { status, data } = answer as ActionFailure<FormAnswer>;
	if (!data.issues.some(({ path }) => path === 'institution')) return answer as ActionFailure<FormAnswer>;
	return fail(status, { ...data, found: await institutionsFor(data.typed) });
}

const TEXTS = ['title', 'content', 'solution', 'incident_on'] as const;

/**
 * The texts of a report as a form sent them. A field that was emptied is empty, not absent: absent would mean the
 * proposal, and nobody would have seen what leaves.
 */
export function typedTexts({ typed }: ReadForm): Partial<Record<(typeof TEXTS)[number], string>> {
	const sent = TEXTS.filter((name) => typeof typed[name] === 'string');
	return Object.fromEntries(sent.map((name) => [name, typed[name] as string]));
}
