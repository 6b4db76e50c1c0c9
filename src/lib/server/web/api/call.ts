import { json, type RequestEvent, type RequestHandler } from '@sveltejs/kit';
import type { Actor } from '#lib/server/people/actor.ts';
import { asApi, problem } from '../http/answers.ts';
import { jsonBody } from '../http/json-body.ts';
import { OPERATIONS, type Operation, type OperationName } from './operations.ts';

export interface ApiCall {
	actor: Actor;
	params: Record<string, string>;
	query: URLSearchParams;
	/** The JSON body as it came; the domain's schema reads it. */
	body: unknown;
	event: RequestEvent;
}

/** What a handler answers: the body, and another status than the operation's where it says so; or a file as it is. */
type Answer = { body: unknown; status?: number } | Response;

/** Only what the operation takes: JSON, or multipart where it is a file. */
function rightType(operation: Operation, request: Request): boolean {
	if (operation.method === 'get') return true;
	const type = (request.headers.get('content-type') ?? '').toLowerCase();
	return type.startsWith(operation.body === 'file' ? 'multipart/form-data' : 'application/json');
}

/** The route handler of an operation: token, scope, media type and body are checked; domain errors become problems. */
export function apiCall(name: OperationName, work: (call: ApiCall) => Promise<Answer>): RequestHandler {
	const operation: Operation = OPERATIONS[name];
	return async (event) => {
		const { actor } = event.locals;
		if (!actor) return problem(401, { detail: 'A bearer token is needed.' }, { 'www-authenticate': 'Bearer' });
		if (!operation.scopes?.some((scope) => actor.scopes?.includes(scope))) {
			return problem(403, { detail: `The token has none of the scopes ${operation.scopes?.join(', ')}.` });
		}
		if (!rightType(operation, event.request)) {
			const wanted = operation.body === 'file' ? 'multipart/form-data' : 'application/json';
			return problem(415, { detail: `Send the body as ${wanted}.` });
		}
		return asApi(async () => {
			const { params, url } = event;
			const withJson = operation.method !== 'get' && operation.body !== 'file';
			const body = withJson ? await jsonBody(event.request) : undefined;
			const answer = await work({
				actor,
				params: params as Record<string, string>,
				query: url.searchParams,
				body,
				event
			});
			if (answer instanceof Response) return answer;
			return json(answer.body, { status: answer.status ?? operation.status, headers: { 'cache-control': 'no-store' } });
		});
	};
}

/** Units the token may write to or read about: where its account holds any role. */
export function reachOf(actor: Actor): string[] {
	return [...new Set(Object.values(actor.units).flat())];
}
