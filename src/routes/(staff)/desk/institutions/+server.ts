import { json } from '@sveltejs/kit';
import { searchInstitutions } from '#lib/server/escalation/connection/institutions.ts';

/** What the box that looks for an institution asks while somebody types. */
export const GET = async ({ url }) =>
	json(await searchInstitutions(url.searchParams.get('q') ?? ''), {
		headers: { 'cache-control': 'private, max-age=60' }
	});
