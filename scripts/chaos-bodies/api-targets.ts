import { SCOPES, type Scope } from '#lib/cases/vocabulary.ts';
import { callApi } from '../site/client.ts';
import type { RequestTarget } from './crawl.ts';

/** A request target with the headers that authorise it: a session or a token. */
export interface AuthorizedTarget extends RequestTarget {
	headers: Record<string, string>;
	json: boolean;
}

/**
 * Accounts of the demo that together may have tokens of every scope. A token never has more rights than its account's
 * roles.
 */
const HOLDERS: Partial<Record<Scope, string>> = {
	'insight:read': 'pimpinan.sulbar',
	'tokens:write': 'administrator.sulbar'
};
const HOLDER = 'penyelia.sulbar';

/** A token with only one scope, for each scope, made with the demo's bootstrap token. */
export async function tokenOfEachScope(origin: string, bootstrap: string): Promise<Map<Scope, string>> {
	const tokens = new Map<Scope, string>();
	for (const scope of SCOPES) {
		const request = { account: HOLDERS[scope] ?? HOLDER, unit: 'sulbar', scopes: [scope] };
		const { body } = await callApi(origin, '/tokens', { token: bootstrap, body: request });
		tokens.set(scope, String(body.token));
	}
	return tokens;
}

interface Schema {
	properties?: Record<string, Schema>;
	anyOf?: Schema[];
	oneOf?: Schema[];
	items?: Schema;
}
interface Described {
	description?: string;
	parameters?: { name: string; in: string }[];
	requestBody?: { content: Record<string, { schema: Schema }> };
}

/** The names of all properties, at any depth. */
function namesIn({ properties = {}, anyOf = [], oneOf = [], items }: Schema): string[] {
	const below = [...Object.values(properties), ...anyOf, ...oneOf, ...(items ? [items] : [])];
	return [...Object.keys(properties), ...below.flatMap(namesIn)];
}

/** Every API call as the OpenAPI document describes it, for one case and its first forward. */
export async function apiTargets(origin: string, bootstrap: string, reference: string): Promise<AuthorizedTarget[]> {
	const ask = async (path: string, token: string) => (await callApi(origin, path, { token })).body as unknown;
	const tokens = await tokenOfEachScope(origin, bootstrap);
	const { items } = (await ask('/escalations', tokens.get('escalations:read') ?? '')) as { items: { id: string }[] };
	const { paths } = (await ask('/openapi.json', bootstrap)) as { paths: Record<string, Record<string, Described>> };
	return Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, described]): AuthorizedTarget => {
			const scope = SCOPES.find((one) => described.description?.includes(one)) ?? 'cases:read';
			const schema = described.requestBody?.content['application/json']?.schema;
			const names = schema
				? namesIn(schema)
				: (described.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
			const isPost = method === 'post';
			const at = path.replace('{reference}', reference).replace('{id}', items[0]?.id ?? '');
			return {
				name: `${method.toUpperCase()} /api/v1${path}`,
				method: isPost ? 'POST' : 'GET',
				path: `/api/v1${at}`,
				fields: [...new Set(names)],
				hidden: names.includes('submission_id') ? [['submission_id', '']] : [],
				headers: { authorization: `Bearer ${tokens.get(scope) ?? ''}` },
				json: isPost && described.requestBody?.content['application/json'] !== undefined
			};
		})
	);
}
