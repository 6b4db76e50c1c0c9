import { fail, isActionFailure, type ActionFailure } from '@sveltejs/kit';
import {
	institutionNames,
	searchInstitutions,
	type InstitutionResults
} from '#lib/server/escalation/connection/institutions.ts';
import type { FormResult } from '#lib/server/web/http/error-responses.ts';
import { chosenOrTyped, typedText } from '#lib/server/web/forms/search-box-value.ts';
import type { ReadForm } from '#lib/server/web/http/form.ts';

/**
 * The institution typed or chosen in a form. If one was chosen, its name replaces the typed text, so that a returned form
 * shows it.
 */
export async function typedTarget({ typed }: Pick<ReadForm, 'typed'>): Promise<{ institution?: string }> {
	const institution = chosenOrTyped(typed, 'institution');
	if (!institution) return {};
	const name = (await institutionNames([institution])).get(institution);
	if (name) Object.assign(typed, { institution: name, institution_id: institution, institution_of: name });
	return { institution };
}

export const institutionsFor = (typed: ReadForm['typed']): Promise<InstitutionResults> =>
	searchInstitutions(typedText(typed, 'institution'));

/** Adds matching institutions to a form result that was refused because of its institution. */
export async function withInstitutions<T>(
	answer: T | ActionFailure<FormResult>
): Promise<T | ActionFailure<FormResult & { found?: InstitutionResults }>> {
	if (!isActionFailure(answer)) return answer;
	const { status, data } = answer as ActionFailure<FormResult>;
	if (!data.issues.some(({ path }) => path === 'institution')) return answer as ActionFailure<FormResult>;
	return fail(status, { ...data, found: await institutionsFor(data.typed) });
}

const TEXTS = ['title', 'content', 'solution', 'incident_on'] as const;

/**
 * The texts of a report as typed. An emptied field is an empty string. If it were absent, the proposed text would be sent
 * although the person had removed it.
 */
export function typedTexts({ typed }: ReadForm): Partial<Record<(typeof TEXTS)[number], string>> {
	const sent = TEXTS.filter((name) => typeof typed[name] === 'string');
	return Object.fromEntries(sent.map((name) => [name, typed[name] as string]));
}
