import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { db, type Tx, type Reader } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from './actor.ts';

/** Whether the actor may change settings of the whole installation (calendar, rules, root unit): administrators of a root. */
export async function isRootAdmin(on: Reader, actor: Actor): Promise<boolean> {
	if (actor.accountId === null) return true;
	const roots = await on.select({ id: units.id }).from(units).where(isNull(units.parentId));
	return roots.some(({ id }) => holds(actor, id, 'admin'));
}

/** The same for pages, which hide refused actions. */
export async function mayChangeInstallation(actor: Actor): Promise<boolean> {
	return isRootAdmin(db(), actor);
}

/** @throws NotAllowed if the actor administers no root unit */
export async function requireRootAdmin(on: Reader, actor: Actor): Promise<void> {
	if (!(await isRootAdmin(on, actor))) throw new NotAllowed('root_admin');
}

/** @throws NotFound if the unit does not exist or the actor does not administer it */
export function requireAdmin(actor: Actor, unitId: string): void {
	if (!holds(actor, unitId, 'admin')) throw new NotFound(`unit ${unitId}`);
}

/** Units an account belongs to, as in `standingBy`. */
export async function standingOf(on: Reader, accountId: string): Promise<string[]> {
	const rows = await on
		.select({ roleUnit: roles.unitId, officerUnit: officers.unitId })
		.from(accounts)
		.leftJoin(roles, eq(roles.accountId, accounts.id))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(eq(accounts.id, accountId));
	const held = rows.flatMap((row) => [row.roleUnit, row.officerUnit]).filter((id) => id !== null);
	return standingBy(held, await rolesAskedFor(on, accountId));
}

/** What the log says an entry is about if it is about an account: its username, and the first unit it belongs to. */
export async function aboutAccount(on: Reader, id: string): Promise<{ subject: string; unitId: string | null }> {
	const [account] = await on.select({ username: accounts.username }).from(accounts).where(eq(accounts.id, id));
	const [unitId = null] = await standingOf(on, id);
	return { subject: account?.username ?? id, unitId };
}

/**
 * Units an account belongs to: those of its roles, of roles that wait for a supervisor, and of its officer. An account without
 * these belongs to the units where a role was declined or removed, whose administrators give it another one or switch it off.
 * @param held units of its roles and its officer
 */
export function standingBy(held: readonly string[], asked: readonly { unitId: string; waiting: boolean }[]): string[] {
	const present = [...held, ...asked.filter(({ waiting }) => waiting).map(({ unitId }) => unitId)];
	return [...new Set(present.length > 0 ? present : asked.map(({ unitId }) => unitId))];
}

/** Requested and removed roles that concern cases, of one account or of all. */
export async function rolesAskedFor(on: Reader, accountId?: string) {
	return on
		.select({
			accountId: accessChanges.accountId,
			unitId: sql<string>`${accessChanges.data} ->> 'unitId'`,
			/** For a supervisor's decision. */
			waiting: sql<boolean>`${accessChanges.state} = 'waiting'`
		})
		.from(accessChanges)
		.where(
			and(
				inArray(accessChanges.kind, ['role', 'role_removed']),
				accountId ? eq(accessChanges.accountId, accountId) : undefined
			)
		);
}

export type AccountRow = typeof accounts.$inferSelect;

/**
 * Loads an account for an administrator. `seen`: it belongs to one of the actor's units. `administered`: it belongs to no other
 * unit, so the actor may change its password and switch it on or off. A regency's administrator can't take over an account of
 * the province. Accounts without a unit belong to root administrators.
 * @throws NotFound if the account does not exist or is not the actor's
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

/** Whether the actor may see, or administer, the account. */
async function reaches(on: Reader, actor: Actor, accountId: string, need: 'seen' | 'administered'): Promise<boolean> {
	const standing = await standingOf(on, accountId);
	const mine = (unitId: string) => holds(actor, unitId, 'admin');
	if (standing.length > 0 && (need === 'seen' ? standing.some(mine) : standing.every(mine))) return true;
	return isRootAdmin(on, actor);
}

/** Active administrators of root units, once for each root. */
export async function rootAdministrators(on: Reader) {
	const { id, name, email } = accounts;
	return on
		.select({ accountId: id, name, email, unitId: units.id, zone: units.timeZone })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.innerJoin(accounts, eq(id, roles.accountId))
		.where(and(eq(roles.role, 'admin'), isNull(units.parentId), eq(accounts.active, true)))
		.orderBy(asc(id));
}

/**
 * Counts the active accounts that would still administer a root unit, because the last one can't be removed. Two removals at
 * once are serialised by the lock on the root's row.
 */
export async function rootAdminsLeft(tx: Tx, without: { accountId: string; unitId?: string }): Promise<number> {
	await tx.select({ id: units.id }).from(units).where(isNull(units.parentId)).for('update');
	const held = await rootAdministrators(tx);
	const taken = (row: (typeof held)[number]) =>
		row.accountId === without.accountId && (!without.unitId || row.unitId === without.unitId);
	return new Set(held.filter((row) => !taken(row)).map((row) => row.accountId)).size;
}
