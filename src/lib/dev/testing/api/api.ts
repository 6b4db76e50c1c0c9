import type { Scope } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** The actor of an API token with these scopes. */
export const bearer = (actor: Actor, ...scopes: Scope[]): Actor => ({ ...actor, scopes });

/** Calls a route of the API as the actor of a token. */
export async function callApi(
	route: (event: never) => Response | Promise<Response>,
	actor: Actor | null,
	{ query = '', params = {}, body }: { query?: string; params?: Record<string, string>; body?: FormData } = {}
): Promise<Response> {
	const url = new URL(`http://127.0.0.1/api/v1/?${query}`);
	const request = new Request(url, body ? { method: 'POST', body } : {});
	return route({ locals: { actor, lang: 'id' }, params, url, request } as never);
}
