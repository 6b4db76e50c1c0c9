import type { RequestHandler } from '@sveltejs/kit';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { caseViewAfter } from '#lib/server/insight/case-view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { listingOf } from '#lib/server/people/units/listing.ts';
import { apiCall, reachOf } from '#lib/server/web/api/call.ts';
import type { OperationName } from '#lib/server/web/api/operations.ts';

type Verb<Row> = (actor: Actor, name: string, body: unknown) => Promise<Row>;

/** A verb of a case; answers with the case as it then is. */
export const caseVerb = (operation: OperationName, verb: Verb<Parameters<typeof caseViewAfter>[1]>): RequestHandler =>
	apiCall(operation, async ({ actor, params, body }) => ({
		body: await caseViewAfter(actor, await verb(actor, params.reference ?? '', body))
	}));

/** A verb of an escalation, or the one that opens it; answers with the escalation as it then is. */
export const escalationVerb = (operation: OperationName, verb: Verb<{ id: string }>): RequestHandler =>
	apiCall(operation, async ({ actor, params, body }) => {
		const { id } = await verb(actor, params.id ?? params.reference ?? '', body);
		return { body: await escalationForApi(actor, id) };
	});

/** A list of what an office has, or with `scope=tree` the offices below it too. */
export const listing = (operation: OperationName, what: Parameters<typeof listingOf>[0]): RequestHandler =>
	apiCall(operation, async ({ actor, query }) => {
		const items = await listingOf(what, reachOf(actor), query.get('unit'), query.get('scope') === 'tree');
		return { body: { items, next_cursor: null } };
	});
