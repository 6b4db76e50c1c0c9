import { json } from '@sveltejs/kit';
import { searchInstitutions } from '#lib/server/escalation/connection/institutions.ts';

/** Search results for the institution field, requested while a person types. */
export const GET = async ({ url }) =>
	json(await searchInstitutions(url.searchParams.get('q') ?? ''), {
		headers: { 'cache-control': 'private, max-age=60' }
	});
