import { referenceData } from '#lib/server/reference/reference.ts';
import { and, asc, eq, inArray, isNull, sql, type Column } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db, type Database, type Reader, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, isPresentRecord, presentRecordOf, type Actor } from './actor.ts';

/** Whether the actor administers a root and may change settings of the whole installation. */
export async function isRootAdmin(actor: Actor): Promise<boolean> {
	if (actor.accountId === null) return true;
	return (await referenceData()).units.some(({ id, depth }) => depth === 0 && holds(actor, id, 'admin'));
}

/** The people whom an administrator asks for a change of the whole installation: none for a root administrator. */
export async function peopleToAsk(actor: Actor): Promise<{ name: string; email: string | null }[]> {
	if (await isRootAdmin(actor)) return [];
	const people = new Map((await rootAdministrators(db())).map((one) => [one.accountId, one]));
	return [...people.values()].map(({ name, email }) => ({ name, email }));
}

/** @throws NotAllowed if the actor administers no root unit */
export async function requireRootAdmin(actor: Actor): Promise<void> {
	if (!(await isRootAdmin(actor))) throw new NotAllowed('root_admin');
}

/** @throws NotFound if the unit does not exist or the actor does not administer it */
export function requireAdmin(actor: Actor, unitId: string): void {
	if (!holds(actor, unitId, 'admin')) throw new NotFound(`unit ${unitId}`);
}

/** Units an account belongs to (see `unitsFromRoles`). */
export async function unitsOfAccount(on: Reader, accountId: string): Promise<string[]> {
	const rows = await on
		.select({ roleUnit: roles.unitId, officerUnit: officers.unitId })
		.from(accounts)
		.leftJoin(roles, eq(roles.accountId, accounts.id))
		.leftJoin(officers, isPresentRecord)
		.where(eq(accounts.id, accountId));
	const held = rows.flatMap((row) => [row.roleUnit, row.officerUnit]).filter((id) => id !== null);
	return unitsFromRoles(held, await roleChanges(on, accountId));
}

/** A column of the highest unit of an account's roles and its present officer record. Null: it belongs to none. */
export const ofHighestUnit = (column: 'id' | 'time_zone', accountId: string | Column) =>
	sql<string | null>`(select u.${sql.identifier(column)} from units u where u.id in (
		select r.unit_id from roles r where r.account_id = ${accountId}
		union all select o.unit_id from officers o where o.id = ${presentRecordOf(accountId)})
		order by length(u.path), u.code limit 1)`;

/** Subject of a log entry about an account: its username, and the first unit it belongs to. */
export async function aboutAccount(on: Reader, id: string): Promise<{ subject: string; unitId: string | null }> {
	const [account] = await on.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, id));
	const [unitId = null] = await unitsOfAccount(on, id);
	return { subject: account?.username ?? id, unitId };
}

/**
 * Units an account belongs to: those of its roles, of its requested roles that wait for approval or for their first
 * day, and of its officer record. If it has none of these, it belongs to the units where a role was declined or removed.
 * Administrators there can grant another role or deactivate it.
 * @param held units of its roles and its officer record
 */
export function unitsFromRoles(
	held: readonly string[],
	requested: readonly { unitId: string; waiting: boolean }[]
): string[] {
	const present = [...held, ...requested.filter(({ waiting }) => waiting).map(({ unitId }) => unitId)];
	return [...new Set(present.length > 0 ? present : requested.map(({ unitId }) => unitId))];
}

/**
 * Requests and removals of roles that can need approval, in any state, and acting roles that have not ended.
 * `accountId` limits them to one account.
 */
export async function roleChanges(on: Reader, accountId?: string) {
	const acting = on
		.select({
			accountId: actingRoles.accountId,
			unitId: sql<string>`${actingRoles.unitId}::text`,
			waiting: sql<boolean>`true`
		})
		.from(actingRoles)
		.where(and(isNull(actingRoles.endedAt), accountId ? eq(actingRoles.accountId, accountId) : undefined));
	return on
		.select({
			accountId: accessChanges.accountId,
			unitId: sql<string>`${accessChanges.data} ->> 'unitId'`,
			/** Waits for a supervisor's approval, or for its first day. */
			waiting: sql<boolean>`${accessChanges.state} = 'waiting'`
		})
		.from(accessChanges)
		.where(
			and(
				inArray(accessChanges.kind, ['role', 'role_removed']),
				accountId ? eq(accessChanges.accountId, accountId) : undefined
			)
		)
		.unionAll(acting);
}

export type AccountRow = typeof accounts.$inferSelect;

/**
 * Loads an account for an administrator. `seen`: it belongs to at least one of the actor's units. `administered`: it
 * belongs only to the actor's units, so the actor may change its password and activate or deactivate it. So a regency's
 * administrator cannot take over an account of the province. Root administrators administer all accounts, including
 * those without a unit.
 * @throws NotFound if the account does not exist or the actor may not see or administer it
 */
export async function accountForAdmin(
	on: Reader,
	actor: Actor,
	accountId: string,
	need: 'seen' | 'administered'
): Promise<AccountRow> {
	const [account] = await on.select().from(accounts).where(isId(accounts.id, accountId));
	if (!account || !(await reaches(on, actor, accountId, need))) throw new NotFound(`account ${accountId}`);
	return account;
}

async function reaches(on: Reader, actor: Actor, accountId: string, need: 'seen' | 'administered'): Promise<boolean> {
	const unitIds = await unitsOfAccount(on, accountId);
	const administers = (unitId: string) => holds(actor, unitId, 'admin');
	if (unitIds.length > 0 && (need === 'seen' ? unitIds.some(administers) : unitIds.every(administers))) return true;
	return isRootAdmin(actor);
}

const hasPassword = sql<boolean>`${accounts.passwordHash} is not null`;

/** Active administrators of root units, with one row per root. */
export async function rootAdministrators(on: Reader) {
	const { id, name, email } = accounts;
	return on
		.select({ accountId: id, name, email, hasPassword, unitId: units.id, zone: units.timeZone })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.innerJoin(accounts, eq(id, roles.accountId))
		.where(and(eq(roles.role, 'admin'), isNull(units.parentId), eq(accounts.active, true)))
		.orderBy(asc(id));
}

/** Active accounts with one of the roles, once for each unit where they have it. */
export const roleHolders = (on: Reader, anyOf: readonly Role[]) =>
	on
		.select({ id: accounts.id, name: accounts.name, hasPassword, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, and(eq(accounts.id, roles.accountId), eq(accounts.active, true)))
		.where(inArray(roles.role, [...anyOf]));

/** Active accounts with one of the roles in one of these units, each once, by name. */
export const accountsWithRole = (on: Database | Tx, anyOf: readonly Role[], unitIds: readonly string[]) =>
	on
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(roles)
		.innerJoin(accounts, and(eq(accounts.id, roles.accountId), eq(accounts.active, true)))
		.where(and(inArray(roles.role, [...anyOf]), inArray(roles.unitId, [...unitIds])))
		.orderBy(asc(accounts.name), asc(accounts.id));

/**
 * Counts the active accounts that would still administer a root unit without this one, because the last one must not be
 * removed. If this one has a password, those without one do not count: they may never be able to sign in. A lock on the
 * root's row serialises concurrent removals.
 */
export async function rootAdminsLeft(tx: Tx, without: { accountId: string; unitId?: string }): Promise<number> {
	await tx.select({ id: units.id }).from(units).where(isNull(units.parentId)).for('update');
	const held = await rootAdministrators(tx);
	const isRemoved = (row: (typeof held)[number]) =>
		row.accountId === without.accountId && (!without.unitId || row.unitId === without.unitId);
	const needsPassword = held.some((row) => isRemoved(row) && row.hasPassword);
	const left = held.filter((row) => !isRemoved(row) && (row.hasPassword || !needsPassword));
	return new Set(left.map((row) => row.accountId)).size;
}
