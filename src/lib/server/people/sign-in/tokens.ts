import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ROLES, SCOPES, type Role, type Scope } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { builtOnce, db, oneRow, storedRow, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { env } from '#lib/server/env.ts';
import { invalid } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { randomSecret, sameSecret, sha256Hex } from '#lib/server/keys.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { cancelChange, requestAccessChange } from '../access/changes.ts';
import { CASE_ROLES, RATING_ROLES } from '../access/kinds.ts';
import { accountColumns, actorFrom, actorOf, holds, isPresentRecord, systemActor, type Actor } from '../actor.ts';
import { outsideTrial } from '../units/trial.ts';
import { accountForAdmin, requireAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { nameField } from '../form-fields.ts';

/** Roles that an account needs for each scope of its token. A token can never do more than its account. */
const SCOPE_ROLES: Record<Scope, readonly Role[]> = {
	'ratings:write': ROLES,
	'visits:write': ROLES,
	'cases:write': ROLES,
	'cases:read': CASE_ROLES,
	'cases:handle': CASE_ROLES,
	'escalations:read': CASE_ROLES,
	'escalations:write': CASE_ROLES,
	'insight:read': RATING_ROLES,
	'directory:read': ROLES,
	'tokens:write': ['admin']
};

/** Those of the scopes that no role of the token's account in its unit allows. @param held undefined if it is inactive */
const notAllowed = (held: Actor | undefined, unitId: string, scopes: readonly Scope[]): Scope[] =>
	scopes.filter((scope) => !held || !holds(held, unitId, ...SCOPE_ROLES[scope]));

const TOKEN_PREFIX = 'sptl_';

const tokenSchema = z.object({
	name: nameField,
	accountId: z.uuid('admin_account'),
	unitId: z.uuid('admin_unit'),
	scopes: z.array(z.enum(SCOPES), { error: 'admin_scope' }).min(1, 'admin_scope')
});

/**
 * Creates an API token that acts for an account within one unit and the units below it. The plain token is shown once
 * and only its hash is stored. A hash without salt is enough, because the token has 256 random bits. A token that reads
 * cases may wait for a supervisor's approval and cannot be used until then. The account is always notified.
 * @throws NotFound if the actor does not administer the unit or account
 * @throws Invalid `admin_scope_not_held` if the account's roles in that unit do not allow a scope
 * @throws Invalid `admin_scope_not_yours` if the actor's own token does not have the scope
 */
export async function createToken(actor: Actor, raw: unknown) {
	const input = checked(tokenSchema, raw);
	requireAdmin(actor, input.unitId);
	// A token acts for the account, so creating one requires the same right as setting its password.
	await accountForAdmin(db(), actor, input.accountId, 'administered');
	const held = await actorOf(input.accountId);
	const scopes = SCOPES.filter((scope) => input.scopes.includes(scope));
	for (const scope of scopes) {
		if (actor.scopes && !actor.scopes.includes(scope)) throw invalid('scopes', 'admin_scope_not_yours', { scope });
	}
	const [scope] = notAllowed(held, input.unitId, scopes);
	if (scope) throw invalid('scopes', 'admin_scope_not_held', { scope });
	const token = TOKEN_PREFIX + randomSecret();
	const { name, accountId, unitId } = input;
	const { unitById } = await referenceData();
	return transaction(async (tx) => {
		const values = { tokenHash: sha256Hex(token), name, accountId, unitId, scopes, waiting: true, createdAt: now() };
		const { id } = await tx.insert(apiTokens).values(values).returning({ id: apiTokens.id }).then(storedRow);
		await recordChange(tx, actor, { unitId, action: 'token.created', subject: name, after: { accountId, scopes } });
		const result = await requestAccessChange(tx, actor, { kind: 'token', accountId, unitId, tokenId: id, name });
		// A change of access has its own notices.
		if (result !== 'waiting' && !result.notified && accountId !== actor.accountId) {
			const by = actor.accountId && actor.name;
			const office = unitById.get(unitId)?.name ?? '';
			await enqueue(tx, 'token-made', { accountId, at: now().toISOString(), by, name, office, scopes });
		}
		/** `waiting`: a supervisor must decide; otherwise it takes effect after 24 hours. */
		return { id, token, waiting: result === 'waiting' };
	});
}

/** Revokes a token immediately. @throws NotFound if it does not exist or is not in the actor's units */
export async function revokeToken(actor: Actor, id: string): Promise<void> {
	await transaction(async (tx) => {
		const own = and(isId(apiTokens.id, id), inArray(apiTokens.unitId, [...actor.units.admin]));
		const token = await tx.select().from(apiTokens).where(own).for('update').then(oneRow);
		if (token.revokedAt) return;
		await tx.update(apiTokens).set({ revokedAt: now() }).where(own);
		await cancelChange(tx, 'token', id);
		await recordChange(tx, actor, { unitId: token.unitId, action: 'token.revoked', subject: token.name });
	});
}

/** After a restore, tokens that were revoked since the backup would be valid again. @returns how many were in use */
export async function revokeAllTokens(tx: Tx): Promise<number> {
	const inUse = isNull(apiTokens.revokedAt);
	return (await tx.update(apiTokens).set({ revokedAt: now() }).where(inUse).returning()).length;
}

/** Tokens of the administrator's units, newest first, including revoked ones. `lost`: scopes that its account lost. */
export async function listTokens(actor: Actor) {
	const { id, name, scopes, waiting, createdAt, revokedAt, accountId, unitId } = apiTokens;
	const columns = { id, name, scopes, waiting, createdAt, revokedAt, accountId, unitId };
	const rows = await db()
		.select({ ...columns, account: accounts.name, unit: units.name })
		.from(apiTokens)
		.innerJoin(units, eq(units.id, apiTokens.unitId))
		.leftJoin(accounts, eq(accounts.id, apiTokens.accountId))
		.where(inArray(apiTokens.unitId, [...actor.units.admin]))
		.orderBy(desc(createdAt));
	const held = new Map<string | null, Actor | undefined>();
	for (const accountId of new Set(rows.map((row) => row.accountId)))
		held.set(accountId, accountId === null ? undefined : await actorOf(accountId));
	return rows.map(({ accountId, unitId, ...token }) => {
		const granted = SCOPES.filter((scope) => token.scopes.includes(scope));
		return { ...token, scopes: granted, lost: notAllowed(held.get(accountId), unitId, granted) };
	});
}

const tokenRow = builtOnce((on) =>
	on
		.select({ unitId: apiTokens.unitId, scopes: apiTokens.scopes, account: accountColumns })
		.from(apiTokens)
		.innerJoin(accounts, and(eq(accounts.id, apiTokens.accountId), eq(accounts.active, true)))
		.leftJoin(officers, isPresentRecord)
		.where(
			and(eq(apiTokens.tokenHash, sql.placeholder('hash')), isNull(apiTokens.revokedAt), eq(apiTokens.waiting, false))
		)
		.prepare('token_row')
);

/**
 * Returns the actor of a token; undefined if the token is unknown, waiting, revoked or has no account. Roles are read
 * at each request, so a scope ends when the account loses its role. While BOOTSTRAP_TOKEN is set, its value acts as
 * `system`.
 */
export async function tokenActor(plain: string): Promise<Actor | undefined> {
	const { BOOTSTRAP_TOKEN } = env();
	if (BOOTSTRAP_TOKEN && sameSecret(plain, BOOTSTRAP_TOKEN)) return outsideTrial(await systemActor(SCOPES));
	const [row] = await tokenRow().execute({ hash: sha256Hex(plain) });
	if (!row) return undefined;
	const granted = SCOPES.filter((scope) => row.scopes.includes(scope));
	const actor = await outsideTrial(await actorFrom(row.account, { unitId: row.unitId, scopes: granted }));
	const lostScopes = notAllowed(actor, row.unitId, granted);
	return { ...actor, scopes: granted.filter((scope) => !lostScopes.includes(scope)), lostScopes };
}
