import { and, eq } from 'drizzle-orm';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { SCOPES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens, roles } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '../actor.ts';
import { createToken, listTokens, revokeToken, tokenActor } from './tokens.ts';
import { makeActor, makeUnit, idOf } from '#lib/dev/testing/factories.ts';
import { codesOf } from '#lib/dev/testing/outcomes.ts';

let province: Awaited<ReturnType<typeof makeUnit>>;
let regency: Awaited<ReturnType<typeof makeUnit>>;
let rootAdmin: Actor;
let regencyAdmin: Actor;
let guestBook: Actor;

beforeAll(async () => {
	province = await makeUnit();
	regency = await makeUnit({ parent: province });
	rootAdmin = await makeActor([[province.id, 'admin']]);
	regencyAdmin = await makeActor([[regency.id, 'admin']]);
	guestBook = await makeActor([[province.id, 'handler', 'manager']]);
});

afterEach(() => overrideEnv({ BOOTSTRAP_TOKEN: undefined }));

const tokenInput = (changes: Record<string, unknown> = {}) => ({
	name: 'Buku tamu',
	accountId: idOf(guestBook),
	unitId: regency.id,
	scopes: ['visits:write', 'cases:read'],
	...changes
});

test('a token is shown once, stored as a hash, and acts for its account within its unit', async () => {
	const { token, id } = await createToken(rootAdmin, tokenInput());
	expect(JSON.stringify(await db().select().from(apiTokens))).not.toContain(token);
	const actor = await tokenActor(token);
	expect(actor).toMatchObject({ accountId: idOf(guestBook), scopes: ['visits:write', 'cases:read'] });
	expect(actor?.units.handler).toEqual([regency.id]);
	expect(actor?.units.manager).toEqual([regency.id]);
	const log = await db().select().from(auditEntries).where(eq(auditEntries.action, 'token.created'));
	expect(JSON.stringify(log)).not.toContain(token);
	expect((await listTokens(regencyAdmin)).map((row) => row.id)).toContain(id);
});

test('a scope that no role of the account allows is refused by name', async () => {
	expect(await codesOf(createToken(rootAdmin, tokenInput({ scopes: ['tokens:write'] })))).toEqual([
		'admin_scope_not_held'
	]);
	const officerOnly = await makeActor([]);
	const nothing = tokenInput({ accountId: idOf(officerOnly), scopes: ['ratings:write'] });
	expect(await codesOf(createToken(rootAdmin, nothing))).toEqual(['admin_scope_not_held']);
	expect(await codesOf(createToken(rootAdmin, tokenInput({ scopes: [] })))).toEqual(['admin_scope']);
});

test('a token loses a scope when its account loses the required role', async () => {
	const clerk = await makeActor([[regency.id, 'handler', 'manager']]);
	const both = tokenInput({ accountId: idOf(clerk), scopes: ['cases:read', 'insight:read'] });
	const { token, id } = await createToken(rootAdmin, both);
	const ofClerk = eq(roles.accountId, idOf(clerk));
	await db()
		.delete(roles)
		.where(and(ofClerk, eq(roles.role, 'manager')));
	expect(await tokenActor(token)).toMatchObject({ scopes: ['cases:read'], lostScopes: ['insight:read'] });
	const lost = async () => (await listTokens(rootAdmin)).find((row) => row.id === id)?.lost;
	expect(await lost()).toEqual(['insight:read']);
	await db()
		.update(accounts)
		.set({ active: false })
		.where(eq(accounts.id, idOf(clerk)));
	expect(await tokenActor(token)).toBeUndefined();
	expect(await lost()).toEqual(['cases:read', 'insight:read']);
});

test('an administrator creates tokens only in their units and for accounts they administer', async () => {
	const clerk = await makeActor([[regency.id, 'handler']]);
	const ownInput = tokenInput({ accountId: idOf(clerk) });
	expect(await createToken(regencyAdmin, ownInput)).toBeDefined();
	await expect(createToken(regencyAdmin, { ...ownInput, unitId: province.id })).rejects.toThrow(NotFound);
	await expect(createToken(regencyAdmin, tokenInput())).rejects.toThrow(NotFound);
	await expect(createToken(clerk, ownInput)).rejects.toThrow(NotFound);
});

test('a token cannot grant a scope that it does not have', async () => {
	const own = { accountId: idOf(rootAdmin), scopes: ['tokens:write', 'directory:read'] };
	const { token } = await createToken(rootAdmin, tokenInput(own));
	const actor = (await tokenActor(token))!;
	const bearer = { ...actor, units: { ...actor.units, admin: rootAdmin.units.admin } };
	const clerk = await makeActor([[regency.id, 'handler']]);
	const input = tokenInput({ accountId: idOf(clerk), scopes: ['cases:read'] });
	expect(await codesOf(createToken(bearer, input))).toEqual(['admin_scope_not_yours']);
	const granted = await createToken(bearer, { ...input, scopes: ['directory:read'] });
	expect((await tokenActor(granted.token))?.scopes).toEqual(['directory:read']);
});

test('a revoked token has no actor; revoking it again changes nothing; another unit’s administrator gets NotFound', async () => {
	const { token, id } = await createToken(rootAdmin, tokenInput({ unitId: province.id }));
	await expect(revokeToken(regencyAdmin, id)).rejects.toThrow(NotFound);
	await revokeToken(rootAdmin, id);
	expect(await tokenActor(token)).toBeUndefined();
	await revokeToken(rootAdmin, id);
	await expect(revokeToken(regencyAdmin, id)).rejects.toThrow(NotFound);
});

test('the bootstrap token acts as system with every scope only while it is set', async () => {
	const secret = 'a bootstrap token of more than 32 characters';
	expect(await tokenActor(secret)).toBeUndefined();
	overrideEnv({ BOOTSTRAP_TOKEN: secret });
	const actor = await tokenActor(secret);
	expect(actor).toMatchObject({ accountId: null, name: 'system', scopes: SCOPES });
	expect(actor?.units.admin).toEqual(expect.arrayContaining([province.id, regency.id]));
	expect(await tokenActor(`${secret}x`)).toBeUndefined();
	overrideEnv({ BOOTSTRAP_TOKEN: undefined });
	expect(await tokenActor(secret)).toBeUndefined();
});
