import { expect, test } from 'vitest';
import type { Scope } from '#lib/cases/vocabulary.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { callApi } from '#lib/dev/testing/api/call-api.ts';
import { apiCall } from './call.ts';

const route = apiCall('createVisit', () => Promise.resolve({ body: {} }));
const call = (actor: Actor | null, authorization?: string) =>
	inLocale('en', () => callApi(route, actor, { body: {}, authorization }));
const detailOf = async (response: Response) => ((await response.json()) as { detail: string }).detail;

test('tells a request without a token from one whose token is not valid', async () => {
	const without = await call(null);
	expect([without.status, without.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
	const invalid = await call(null, 'Bearer sptl_waiting');
	expect([invalid.status, invalid.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
	expect(await detailOf(invalid)).toContain('not yet approved');
});

test('tells a scope that the token lacks from one that its account has lost', async () => {
	const units = { handler: [], supervisor: [], manager: [], admin: [] };
	const holder: Actor = { accountId: null, name: 'Buku tamu', officerId: null, units, scopes: ['directory:read'] };
	const lostScopes: Scope[] = ['visits:write'];
	expect(await detailOf(await call(holder))).toContain('does not have the scope that is needed: visits:write');
	expect(await detailOf(await call({ ...holder, lostScopes }))).toContain('no longer has a role');
});
