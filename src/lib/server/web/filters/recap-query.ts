import { RECAP_SCOPES } from '#lib/recap/figures.ts';
import type { RecapQuery } from '#lib/server/recap/view.ts';

/** Reads scope and version of a report from an address: `?scope=tree`, `?version=2` or `?version=now`. Ignores invalid values. */
export function recapQuery(params: { unit: string; period: string }, search: URLSearchParams): RecapQuery {
	const version = search.get('version') ?? '';
	return {
		...params,
		scope: RECAP_SCOPES.find((scope) => scope === search.get('scope')) ?? 'own',
		version: version === 'now' ? 'now' : /^\d{1,4}$/.test(version) ? Number(version) : undefined
	};
}
