import { redirect } from '@sveltejs/kit';
import { picksOf, previewBulk } from '#lib/server/cases/handling/bulk.ts';
import { asPage } from '#lib/server/web/http/answers.ts';
import { actOnPicked, bulkVerb } from '#lib/server/web/forms/bulk-form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const verb = bulkVerb(url.searchParams.get('verb'));
		const picked = url.searchParams.getAll('pick');
		if (picked.length === 0) redirect(303, '/desk?nothing=picked');
		return { verb, picked, me: actor.accountId, preview: await previewBulk(actor, verb, picksOf(picked)) };
	});

export const actions = { default: actOnPicked };
