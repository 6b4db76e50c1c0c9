import { expect, test } from 'vitest';
import { withScopes } from '#lib/dev/testing/api/call-api.ts';
import { listTokens, tokenActor } from '#lib/server/people/sign-in/tokens.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { POST } from './+server.ts';

useFreshDatabase();

test('a token with cases:read, created by an administrator’s token, is inactive until a supervisor approves it', async () => {
	const unit = await makeUnit();
	const admin = await makeActor([[unit.id, 'admin']]);
	const head = await makeActor([[unit.id, 'supervisor']]);
	await makeCase(unit);
	const make = async (...scopes: string[]) => {
		const url = new URL('http://127.0.0.1/api/v1/tokens');
		const body = JSON.stringify({ account: head.accountId, unit: unit.code, scopes, name: 'Antrean' });
		const request = new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
		const actor = withScopes(admin, 'tokens:write', 'cases:read', 'visits:write');
		const response = await POST({ request, url, params: {}, locals: { actor, lang: 'id' } } as never);
		expect(response.status).toBe(201);
		return (await response.json()) as { token: string; waiting: boolean };
	};
	const reads = await make('cases:read');
	expect([reads.waiting, await tokenActor(reads.token)]).toEqual([true, undefined]);
	expect((await listTokens(admin)).map(({ name }) => name)).toEqual(['Antrean']);
	const writes = await make('visits:write');
	expect([writes.waiting, (await tokenActor(writes.token))?.scopes]).toEqual([false, ['visits:write']]);
});
