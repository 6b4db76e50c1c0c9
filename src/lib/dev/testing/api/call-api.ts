import type { Scope } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { problemResponse } from '#lib/server/web/api/schemas.ts';

/** The actor of an API token with these scopes. */
export const withScopes = (actor: Actor, ...scopes: Scope[]): Actor => ({ ...actor, scopes });

/** Calls a route of the API as the actor of a token. Throws if a problem has a field that the OpenAPI document lacks. */
export async function callApi(
	route: (event: never) => Response | Promise<Response>,
	actor: Actor | null,
	{
		query = '',
		params = {},
		body,
		type = 'application/json',
		authorization
	}: {
		query?: string;
		params?: Record<string, string>;
		body?: FormData | Record<string, unknown>;
		type?: string;
		authorization?: string;
	} = {}
): Promise<Response> {
	const url = new URL(`http://127.0.0.1/api/v1/?${query}`);
	const sent = body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': type } };
	const request = new Request(url, body ? { method: 'POST', ...sent } : {});
	if (authorization) request.headers.set('authorization', authorization);
	const response = await route({ locals: { actor, lang: 'id' }, params, url, request } as never);
	if (!response.ok) problemResponse.strict().parse(await response.clone().json());
	return response;
}
