import type { RequestHandler } from '@sveltejs/kit';
import { escalationForApi } from '#lib/server/escalation/view.ts';
import { caseViewAfter } from '#lib/server/web/api/case-view.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { listingOf } from '#lib/server/people/units/listing.ts';
import { apiCall, unitsOfToken } from '#lib/server/web/api/call.ts';
import { chosen } from '#lib/server/web/api/query.ts';
import type { OperationName } from '#lib/server/web/api/operations.ts';

type Verb<Row> = (actor: Actor, name: string, body: unknown) => Promise<Row>;

/** Handler that runs a verb on a case and returns the changed case. */
export const caseVerb = (operation: OperationName, verb: Verb<Parameters<typeof caseViewAfter>[1]>): RequestHandler =>
	apiCall(operation, async ({ actor, params, body }) => ({
		body: await caseViewAfter(actor, await verb(actor, params.reference ?? '', body))
	}));

/** Handler that runs a verb on an escalation and returns the escalation. */
export const escalationVerb = (operation: OperationName, verb: Verb<{ id: string }>): RequestHandler =>
	apiCall(operation, async ({ actor, params, body }) => {
		const { id } = await verb(actor, params.id ?? '', body);
		return { body: await escalationForApi(actor, id) };
	});

/** Handler that lists records of an office; `scope=tree` includes the offices below it. */
export const listing = (operation: OperationName, resource: Parameters<typeof listingOf>[0]): RequestHandler =>
	apiCall(operation, async ({ actor, query }) => {
		const tree = chosen(query, 'scope', ['own', 'tree']) === 'tree';
		const items = await listingOf(resource, unitsOfToken(actor), query.get('unit'), tree);
		return { body: { items, next_cursor: null } };
	});
