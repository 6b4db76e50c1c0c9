import { CATEGORIES } from '#lib/cases/vocabulary.ts';
import { suggestionsFor } from '#lib/server/cases/triage/suggestion.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { deskVerb } from '#lib/server/web/forms/desk-verb.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

/** `?category=` is a suggestion that was taken: it stands in the form, and nothing is stored yet. */
export const load = ({ locals, params, url }) =>
	asPage(async () => ({
		suggestions: await suggestionsFor(signedIn(locals), params.reference),
		taken: CATEGORIES.find((category) => category === url.searchParams.get('category')) ?? null
	}));

export const actions = {
	default: deskVerb(async ({ actor, reference, data }) => {
		await verifyCase(actor, reference, data);
		return 'verified';
	})
};
