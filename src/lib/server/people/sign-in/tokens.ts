import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { SCOPES, type Role, type Scope } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { env } from '#lib/server/env.ts';
import { Invalid, NotFound } from '#lib/server/errors.ts';
import { randomSecret, sameSecret, sha256Hex } from '#lib/server/keys.ts';
import { overtakeChange, requestAccessChange } from '../access/changes.ts';
import { actorOf, holds, systemActor, type Actor } from '../actor.ts';
import { accountForAdmin, requireAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { idField, nameField } from '../form-fields.ts';

const ANY: readonly Role[] = ['handler', 'supervisor', 'manager', 'admin'];
const CASES: readonly Role[] = ['handler', 'supervisor'];

/** What a token may be allowed to do, by the roles its account holds: a token can never do more than its account. */
const SCOPE_ROLES: Record<Scope, readonly Role[]> = {
	'ratings:write': ANY,
	'visits:write': ANY,
	'cases:write': ANY,
	'cases:read': CASES,
	'cases:handle': CASES,
	'escalations:read': CASES,
	'escalations:write': CASES,
	'insight:read': ['manager'],
	'directory:read': ANY,
	'tokens:write': ['admin']
};

const TOKEN_PREFIX = 'sptl_';

const tokenSchema = z.object({
	name: nameField,
	accountId: idField('admin_account'),
	unitId: idField('admin_unit'),
	scopes: z.array(z.enum(SCOPES), { error: 'admin_scope' }).min(1, 'admin_scope')
});

/**
 * Makes an API token that acts for an account inside one unit's subtree. The plain token is shown once; stored is its hash (it
 * holds 256 random bits, so a bare one is enough). One that reads cases may wait for a supervisor: until then it opens nothing.
 * @throws NotFound if the unit or account isn't the actor's · Invalid `admin_scope_not_held` if the account's roles in that unit
 * don't allow a scope, `admin_scope_not_yours` where a token hands out what it hasn't itself
 */
export async function createToken(actor: Actor, raw: unknown) {
	const wanted = checked(tokenSchema, raw);
	requireAdmin(actor, wanted.unitId);
	// A token acts in the account's name, so it asks for what setting its password asks for.
	await accountForAdmin(db(), actor, wanted.accountId, 'administered');
	const held = await actorOf(wanted.accountId);
	const scopes = SCOPES.filter((scope) => wanted.scopes.includes(scope));
	for (const scope of scopes) {
		if (actor.scopes && !actor.scopes.includes(scope)) {
			throw new Invalid([{ path: 'scopes', code: 'admin_scope_not_yours', params: { scope } }]);
		}
		if (!held || !holds(held, wanted.unitId, ...SCOPE_ROLES[scope])) {
			throw new Invalid([{ path: 'scopes', code: 'admin_scope_not_held', params: { scope } }]);
		}
	}
	const token = TOKEN_PREFIX + randomSecret();
	const { name, accountId, unitId } = wanted;
	return transaction(async (tx) => {
		const values = { tokenHash: sha256Hex(token), name, accountId, unitId, scopes, waiting: true, createdAt: now() };
		const [made] = await tx.insert(apiTokens).values(values).returning({ id: apiTokens.id });
		await recordChange(tx, actor, { unitId, action: 'token.created', subject: name, after: { accountId, scopes } });
		const id = made?.id ?? '';
		const asked = await requestAccessChange(tx, actor, { kind: 'token', accountId, unitId, tokenId: id, name });
		/** `waiting`: for a supervisor's decision, 24 hours at most. */
		return { id, token, waiting: asked === 'waiting' };
	});
}

/** Ends a token at once. @throws NotFound if it isn't there, isn't the actor's or has ended */
export async function revokeToken(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const [gone] = await tx
			.update(apiTokens)
			.set({ revokedAt: now() })
			.where(
				and(isId(apiTokens.id, id), isNull(apiTokens.revokedAt), inArray(apiTokens.unitId, [...actor.units.admin]))
			)
			.returning();
		if (!gone) throw new NotFound(`token ${id}`);
		await overtakeChange(tx, 'token', id);
		await recordChange(tx, actor, { unitId: gone.unitId, action: 'token.revoked', subject: gone.name });
	});
}

/** Tokens of the administrator's units, the newest first; ended ones stay in the list. */
export async function listTokens(actor: Actor) {
	const { id, name, scopes, waiting, createdAt, revokedAt } = apiTokens;
	return db()
		.select({ id, name, scopes, waiting, createdAt, revokedAt, account: accounts.name, unit: units.name })
		.from(apiTokens)
		.innerJoin(units, eq(units.id, apiTokens.unitId))
		.leftJoin(accounts, eq(accounts.id, apiTokens.accountId))
		.where(inArray(apiTokens.unitId, [...actor.units.admin]))
		.orderBy(desc(createdAt));
}

/**
 * Who the bearer of a token acts as; undefined for an unknown, ended or orphaned one. Roles are asked again each time: a
 * scope whose role the account has lost is gone with it. While BOOTSTRAP_TOKEN is set, its value acts as `system`.
 */
export async function tokenActor(plain: string): Promise<Actor | undefined> {
	const { BOOTSTRAP_TOKEN } = env();
	if (BOOTSTRAP_TOKEN && sameSecret(plain, BOOTSTRAP_TOKEN)) return systemActor(SCOPES);
	const [row] = await db()
		.select()
		.from(apiTokens)
		.where(and(eq(apiTokens.tokenHash, sha256Hex(plain)), isNull(apiTokens.revokedAt), eq(apiTokens.waiting, false)));
	if (!row?.accountId) return undefined;
	const granted = SCOPES.filter((scope) => row.scopes.includes(scope));
	const actor = await actorOf(row.accountId, { unitId: row.unitId, scopes: granted });
	return actor && { ...actor, scopes: granted.filter((scope) => holds(actor, row.unitId, ...SCOPE_ROLES[scope])) };
}
