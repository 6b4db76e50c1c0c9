import { redirect } from '@sveltejs/kit';
import { addListToAddress } from '#lib/cases/inbox-query.ts';
import {
	archivePicked,
	assignPicked,
	BULK_VERBS,
	picksOf,
	previewBulk,
	type BulkVerb
} from '#lib/server/cases/handling/bulk.ts';
import { NotFound, invalid } from '#lib/server/errors.ts';
import { requireNoPlaceholder } from '#lib/server/web/forms/case-templates.ts';
import { withRefusalMessage } from '#lib/server/web/http/error-responses.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

/** @throws NotFound for a verb that has no bulk form */
function bulkVerb(name: unknown): BulkVerb {
	const verb = BULK_VERBS.find((known) => known === name);
	if (!verb) throw new NotFound();
	return verb;
}

export const load = withActor(async (actor, { url }) => {
	const verb = bulkVerb(url.searchParams.get('verb'));
	const picked = url.searchParams.getAll('pick');
	if (picked.length === 0) redirect(303, addListToAddress('/desk?nothing=picked', url.searchParams.get('list')));
	return { verb, picked, me: actor.accountId, preview: await previewBulk(actor, verb, picksOf(picked)) };
});

export const actions = {
	/** Runs the verb for each picked case and shows the outcome of each. */
	default: formAction(async (actor, { data }) => {
		const { pick, verb, confirmed, assignee, reason, note, alone } = data;
		requireNoPlaceholder(data, { field: 'note', use: 'archive' });
		const picks = picksOf(pick);
		if (!confirmed) throw invalid('confirmed', 'confirm_missing');
		const outcomes =
			bulkVerb(verb) === 'assignment'
				? await assignPicked(actor, picks, assignee)
				: await archivePicked(actor, picks, { reason, note }, [alone].flat().map(String));
		return { outcomes: outcomes.map(withRefusalMessage) };
	})
};
