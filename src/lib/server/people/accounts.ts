import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { createOnce } from '#lib/server/db/create-once.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { checked } from '#lib/server/checked.ts';
import { isUuid } from '#lib/text/uuid.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { invalid } from '#lib/server/errors.ts';
import { requireSeen, seenValues } from '#lib/server/stale-form.ts';
import { recordRemoval, requestAccessChange } from './access/changes.ts';
import type { Actor } from './actor.ts';
import { accountForAdmin, requireAdmin, rootAdminsLeft, unitsOfAccount, type AccountRow } from './administration.ts';
import { recordChange, recordDifference } from './audit.ts';
import { linkAccount, officerForAdmin } from './officers/officers.ts';
import { endCredentials } from './sign-in/credentials.ts';
import { emailField, flagField, nameField } from './form-fields.ts';

const USERNAME = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/;

const personFields = { name: nameField, email: emailField };

const rolesField = z.array(z.enum(ROLES, { error: 'admin_role_unknown' }), { error: 'admin_role' });

/** A new account needs a unit, because otherwise no administrator could manage it. */
export const newAccountSchema = z.object({
	username: z
		.string({ error: 'admin_username' })
		.trim()
		.toLowerCase()
		.min(3, 'admin_username')
		.max(40, 'admin_username')
		.regex(USERNAME, 'admin_username'),
	...personFields,
	unitId: z.uuid('admin_unit'),
	roles: rolesField.min(1, 'admin_role')
});

/** An officer's account needs no role, because the officer's unit administers it. */
const officerAccountSchema = newAccountSchema.extend({
	// A form without a checked box sends no field.
	roles: rolesField.default([]),
	officerId: z.uuid('admin_officer').optional()
});
/** Without a name, the account gets that of the chosen officer. */
const chosenOfficerSchema = officerAccountSchema.extend({ name: nameField.optional() });

/** `active`: an active account stays active. `reactivate`: an inactive one becomes active again. */
const accountSchema = z.object({ ...personFields, active: flagField, reactivate: flagField });
const ACCOUNT_FIELDS = ['name', 'email', 'active'];

/** What the form of an account was loaded with (see `requireSeen`). */
export const seenOfAccount = (account: Pick<AccountRow, 'name' | 'email' | 'active'>): string =>
	seenValues(account, ACCOUNT_FIELDS);

/** Finds an account by id, or by username in any case. */
export async function findAccount(name: string): Promise<AccountRow | undefined> {
	const [account] = await db()
		.select()
		.from(accounts)
		.where(isUuid(name) ? eq(accounts.id, name) : eq(accounts.username, name.trim().toLowerCase()));
	return account;
}

/** As `findAccount`. @throws Invalid on the field `account` if there is none */
export async function requireAccount(name: string): Promise<AccountRow> {
	const account = await findAccount(name);
	if (!account) throw invalid('account', 'account_unknown');
	return account;
}

/**
 * Creates an account with its first roles in one unit, or of an officer. Roles with access to cases may wait for a
 * supervisor's approval. The account has no password; its owner sets one with a one-time link.
 * @returns the account's id
 * @throws NotFound if the actor does not administer the unit or the officer · Invalid
 */
export const createAccount = (actor: Actor, raw: unknown): Promise<string> =>
	transaction((tx) => createOnce(tx, accounts, raw, (id) => insertAccount(tx, actor, raw, id)));

/** As `createAccount`, in the caller's transaction. */
export async function insertAccount(tx: Tx, actor: Actor, raw: unknown, id?: string): Promise<string> {
	const isOfOfficer = Boolean((raw as { officerId?: unknown } | null)?.officerId);
	const person = checked(isOfOfficer ? chosenOfficerSchema : officerAccountSchema, raw);
	const { username, email, unitId, roles, officerId } = person;
	if (roles.length === 0 && !officerId) throw invalid('roles', 'admin_role_or_officer');
	requireAdmin(actor, unitId);
	const name = person.name ?? (await officerForAdmin(actor, officerId ?? '', tx)).name;
	const [made] = await tx
		.insert(accounts)
		.values({
			id,
			username,
			name,
			email: email ?? null,
			provenEmail: actor.accountId === null ? (email ?? null) : null
		})
		.onConflictDoNothing({ target: accounts.username })
		.returning({ id: accounts.id });
	if (!made) throw invalid('username', 'admin_username_taken');
	await recordChange(tx, actor, { unitId, subject: username, action: 'account.created', after: { name } });
	for (const role of new Set(roles)) {
		await requestAccessChange(tx, actor, { kind: 'role', accountId: made.id, unitId, role });
	}
	// After the roles, because supervisors are notified if the link takes access to reports away.
	const officerUnit = officerId && (await linkAccount(tx, actor, officerId, made.id));
	if (officerUnit && roles.length === 0 && officerUnit !== unitId)
		throw invalid('officerId', 'admin_officer_elsewhere');
	return made.id;
}

/**
 * Changes name, e-mail and whether the account is active. Deactivation permanently ends its sessions, API tokens and
 * password links. Two changes may wait for a supervisor's approval: a new address of an account with access to cases,
 * and reactivation.
 * @returns whether part of the change waits
 * @throws NotFound · Conflict `stale` · Invalid `admin_own_account` (actors cannot deactivate their own account),
 * `admin_last_admin`
 */
export async function changeAccount(actor: Actor, accountId: string, raw: unknown): Promise<boolean> {
	const change = checked(accountSchema, raw);
	return transaction(async (tx) => {
		await tx.select({ id: accounts.id }).from(accounts).where(isId(accounts.id, accountId)).for('no key update');
		const before = await accountForAdmin(tx, actor, accountId, 'administered');
		const { name, email = null, active, reactivate } = change;
		requireSeen(raw, before, { name, email, active: before.active ? active : reactivate }, ACCOUNT_FIELDS);
		if (before.active && !active) await switchOff(tx, actor, before);
		await tx.update(accounts).set({ name }).where(eq(accounts.id, accountId));
		const [unitId = null] = await unitsOfAccount(tx, accountId);
		const about = { unitId, action: 'account.changed' as const, subject: before.username };
		await recordDifference(tx, actor, about, { name: before.name }, { name });
		const requests = [
			...(email !== before.email ? [{ kind: 'email' as const, accountId, email }] : []),
			...(reactivate && !before.active ? [{ kind: 'reactivation' as const, accountId }] : [])
		];
		const outcomes = [];
		for (const request of requests) outcomes.push(await requestAccessChange(tx, actor, request));
		return outcomes.includes('waiting');
	});
}

/**
 * Deactivates an account in the caller's transaction and permanently ends its sessions, API tokens and password links.
 * An inactive account stays as it is.
 * @throws Invalid `admin_own_account` (actors cannot deactivate their own account), `admin_last_admin`
 */
export async function switchOff(tx: Tx, actor: Actor, { id: accountId, active, username }: AccountRow): Promise<void> {
	if (!active) return;
	if (actor.accountId === accountId) throw invalid('active', 'admin_own_account');
	if ((await rootAdminsLeft(tx, { accountId })) === 0) throw invalid('active', 'admin_last_admin');
	await endCredentials(tx, actor, accountId);
	await recordRemoval(tx, actor, { kind: 'switched_off', accountId });
	await tx.update(accounts).set({ active: false }).where(eq(accounts.id, accountId));
	const [unitId = null] = await unitsOfAccount(tx, accountId);
	const about = { unitId, action: 'account.changed' as const, subject: username };
	await recordDifference(tx, actor, about, { active: true }, { active: false });
}
