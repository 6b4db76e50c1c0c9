import { json, type RequestEvent, type RequestHandler } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Actor } from '#lib/server/people/actor.ts';
import { asApi, problem } from '../http/error-responses.ts';
import { jsonBody } from '../http/json-body.ts';
import { OPERATIONS, type Operation, type OperationName } from './operations.ts';
import { shaped } from './shape.ts';

export interface ApiCall {
	actor: Actor;
	params: Record<string, string>;
	query: URLSearchParams;
	/** The JSON body, unchecked. The domain's schema reads it. */
	body: unknown;
	event: RequestEvent;
}

/**
 * Result of a handler: a value with everything that the operation's response names, and a status if it differs from the
 * operation's; or a complete response for a file.
 */
type HandlerResult = { body: unknown; status?: number } | Response;

/** Whether the media type is right for the operation: JSON, or multipart for a file. */
function hasRightType(operation: Operation, request: Request): boolean {
	if (operation.method === 'get') return true;
	const [type = ''] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
	return type.trim() === (operation.body === 'file' ? 'multipart/form-data' : 'application/json');
}

/** The response without a valid token. It never shows why a token is not valid. */
function refuseToken({ headers }: Request): Response {
	const sent = /^Bearer \S/i.test(headers.get('authorization') ?? '');
	const detail = sent ? m.error_api_token_invalid() : m.error_api_token_missing();
	return problem(401, { detail }, { 'www-authenticate': sent ? 'Bearer error="invalid_token"' : 'Bearer' });
}

/**
 * Makes the route handler of an operation. It checks token, scope, media type and body, and converts domain errors to
 * problem responses.
 */
export function apiCall(name: OperationName, work: (call: ApiCall) => Promise<HandlerResult>): RequestHandler {
	const operation: Operation = OPERATIONS[name];
	return async (event) => {
		const { actor } = event.locals;
		if (!actor) return refuseToken(event.request);
		const { scopes } = operation;
		if (!scopes.some((scope) => actor.scopes?.includes(scope))) {
			const lost = scopes.filter((scope) => actor.lostScopes?.includes(scope)).join(', ');
			const missing = () => m.error_api_scope_missing({ scopes: scopes.join(' / ') });
			return problem(403, { detail: lost ? m.error_api_scope_lost({ scopes: lost }) : missing() });
		}
		if (!hasRightType(operation, event.request)) {
			const expectedType = operation.body === 'file' ? 'multipart/form-data' : 'application/json';
			return problem(415, { detail: m.error_api_media_type({ type: expectedType }) });
		}
		return asApi(async () => {
			const { params, url } = event;
			const withJson = operation.method !== 'get' && operation.body !== 'file';
			const body = withJson ? await jsonBody(event.request) : undefined;
			const result = await work({
				actor,
				params: params as Record<string, string>,
				query: url.searchParams,
				body,
				event
			});
			if (result instanceof Response || operation.response === 'file') return result as Response;
			const { status = operation.status } = result;
			return json(shaped(operation.response, result.body), { status, headers: { 'cache-control': 'no-store' } });
		});
	};
}

/** Units that the token may write to or read: those in which its account has any role. */
export function unitsOfToken(actor: Actor): string[] {
	return [...new Set(Object.values(actor.units).flat())];
}
