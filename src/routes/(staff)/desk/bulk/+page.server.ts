import { redirect } from '@sveltejs/kit';
import { picksOf, previewBulk } from '#lib/server/cases/handling/bulk.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import { actOnPicked, bulkVerb } from '#lib/server/web/forms/bulk-form.ts';

export const load = withActor(async (actor, { url }) => {
	const verb = bulkVerb(url.searchParams.get('verb'));
	const picked = url.searchParams.getAll('pick');
	if (picked.length === 0) redirect(303, '/desk?nothing=picked');
	return { verb, picked, me: actor.accountId, preview: await previewBulk(actor, verb, picksOf(picked)) };
});

export const actions = { default: actOnPicked };
