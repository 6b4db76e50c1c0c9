import { and, eq, asc } from 'drizzle-orm';
import { z } from 'zod';
import { ROLES, type Role } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { transaction, db } from '#lib/server/db/index.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { Invalid } from '#lib/server/errors.ts';
import { reference } from '#lib/server/reference/reference.ts';
import { byCode } from './units/find-unit.ts';
import type { Actor } from './actor.ts';
import { noteRemoval, requestAccessChange } from './access/changes.ts';
import { accountForAdmin, requireAdmin, rootAdminsLeft } from './administration.ts';
import { recordChange } from './audit.ts';
import { idField } from './form-fields.ts';

const roleSchema = z.object({ unitId: idField('admin_unit'), role: z.enum(ROLES, { error: 'admin_role' }) });

/**
 * Grants an account a role in a unit and all units below it, or requests approval if the role opens cases. Granting a
 * role the account already has changes and logs nothing.
 * @returns whether it waits for a supervisor's approval
 * @throws NotFound if the actor does not administer the unit or may not see the account
 */
export async function grantRole(actor: Actor, accountId: string, raw: unknown): Promise<boolean> {
	const { unitId, role } = checked(roleSchema, raw);
	requireAdmin(actor, unitId);
	return transaction(async (tx) => {
		await accountForAdmin(tx, actor, accountId, 'seen');
		const held = and(eq(roles.accountId, accountId), eq(roles.unitId, unitId), eq(roles.role, role));
		if ((await tx.select().from(roles).where(held)).length > 0) return false;
		return (await requestAccessChange(tx, actor, { kind: 'role', accountId, unitId, role })) === 'waiting';
	});
}

/**
 * Revokes a role. It takes effect immediately for sessions and tokens, because both read the roles at every request.
 * @throws NotFound · Invalid `admin_last_admin` for the last administrator of a root unit
 */
export async function revokeRole(actor: Actor, accountId: string, raw: unknown): Promise<void> {
	const { unitId, role } = checked(roleSchema, raw);
	requireAdmin(actor, unitId);
	await transaction(async (tx) => {
		const account = await accountForAdmin(tx, actor, accountId, 'seen');
		if (role === 'admin' && (await rootAdminsLeft(tx, { accountId, unitId })) === 0) {
			throw new Invalid([{ path: 'role', code: 'admin_last_admin' }]);
		}
		const revoked = await tx
			.delete(roles)
			.where(and(eq(roles.accountId, accountId), eq(roles.unitId, unitId), eq(roles.role, role)))
			.returning();
		if (revoked.length === 0) return;
		await recordChange(tx, actor, { unitId, action: 'role.revoked', subject: account.username, before: { role } });
		await noteRemoval(tx, actor, { kind: 'role_removed', accountId, unitId, role });
	});
}

/** The roles granted to an account, each with the unit where it was granted. */
export async function rolesOf(accountId: string): Promise<{ role: Role; unit: string }[]> {
	const held = await db().select().from(roles).where(eq(roles.accountId, accountId)).orderBy(asc(roles.role));
	const { units } = await reference();
	return units.toSorted(byCode).flatMap(({ id, name: unit }) => {
		return held.filter(({ unitId }) => unitId === id).map(({ role }) => ({ role: role as Role, unit }));
	});
}
