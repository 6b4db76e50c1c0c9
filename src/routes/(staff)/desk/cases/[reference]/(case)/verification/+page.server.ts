import { CATEGORIES } from '#lib/cases/vocabulary.ts';
import { suggestionsFor } from '#lib/server/cases/triage/suggestion.ts';
import { verifyCase } from '#lib/server/cases/handling/verify.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { verbWithOneOutcome } from '#lib/server/web/forms/desk-verb.ts';

/** `?category=` preselects an accepted suggestion in the form; nothing is stored yet. */
export const load = withActor(async (actor, { params, url }) => ({
	suggestions: await suggestionsFor(actor, params.reference),
	accepted: CATEGORIES.find((category) => category === url.searchParams.get('category')) ?? null
}));

export const actions = { default: verbWithOneOutcome(verifyCase, 'verified') };
