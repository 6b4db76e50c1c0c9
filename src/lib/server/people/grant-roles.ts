import { and, asc, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import { ACTING, ACTING_ROLES, ROLES, type Role } from '#lib/cases/vocabulary.ts';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, transaction } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { invalid } from '#lib/server/errors.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { byCode } from './units/find-unit.ts';
import type { Actor } from './actor.ts';
import {
	endActingRole,
	endOfActing,
	overlapsActing,
	resumeActingRole,
	type ActingTerms
} from './access/acting-heads.ts';
import { recordRemoval, requestAccessChange } from './access/changes.ts';
import { neededForRole } from './access/kinds.ts';
import { accountForAdmin, requireAdmin, rootAdminsLeft } from './administration.ts';
import { recordChange } from './audit.ts';
import { dayField } from './form-fields.ts';

const roleSchema = z.object({ unitId: z.uuid('admin_unit'), role: z.enum(ROLES, { error: 'admin_role' }) });

const ofRole = (accountId: string, unitId: string, role: Role) =>
	and(eq(roles.accountId, accountId), eq(roles.unitId, unitId), eq(roles.role, role));

/**
 * Grants an account a role in a unit and all units below it, or requests approval if the role has access to cases.
 * Granting a role the account already has changes and logs nothing.
 * @returns whether it waits for a supervisor's approval
 * @throws NotFound if the actor does not administer the unit, may not see the account or, for a role that opens cases or
 * ratings, does not administer all its units
 */
export async function grantRole(actor: Actor, accountId: string, raw: unknown): Promise<boolean> {
	const { unitId, role } = checked(roleSchema, raw);
	requireAdmin(actor, unitId);
	return transaction(async (tx) => {
		await accountForAdmin(tx, actor, accountId, neededForRole(role));
		const held = and(ofRole(accountId, unitId, role), isNull(roles.actingId));
		if ((await tx.select().from(roles).where(held)).length > 0) return false;
		return (await requestAccessChange(tx, actor, { kind: 'role', accountId, unitId, role })) === 'waiting';
	});
}

const actingSchema = z
	.object({
		unitId: z.uuid('admin_unit'),
		role: z.enum(ACTING_ROLES, { error: 'admin_role' }),
		kind: z.enum(ACTING, { error: 'acting_kind' }),
		order: z.string({ error: 'acting_order' }).trim().min(3, 'acting_order').max(80, 'acting_order'),
		fromDay: dayField,
		toDay: dayField
	})
	.refine(({ fromDay, toDay }) => fromDay <= toDay, { path: ['toDay'], message: 'admin_range' });

/**
 * Grants an account a role as acting head (Plh, Plt) from one day to another in the office's zone, both inclusive, or
 * requests approval as for every role with access to cases. The role starts and ends by itself, and the account keeps
 * its other roles.
 * @returns whether it waits for a supervisor's approval
 * @throws NotFound if the actor does not administer the unit or all units of the account
 * @throws Invalid if the end is past, the days overlap an earlier grant of the role, or the account has the role anyway
 */
export async function grantActingRole(actor: Actor, accountId: string, raw: unknown): Promise<boolean> {
	const { unitId, role, ...acting } = checked(actingSchema, raw);
	requireAdmin(actor, unitId);
	return transaction(async (tx) => {
		await accountForAdmin(tx, actor, accountId, neededForRole(role));
		if ((await endOfActing(unitId, acting.toDay)) <= now()) throw invalid('toDay', 'last_day_past');
		const permanent = and(ofRole(accountId, unitId, role), isNull(roles.actingId));
		if ((await tx.select().from(roles).where(permanent)).length > 0) throw invalid('role', 'acting_has_role');
		if (await overlapsActing(tx, { accountId, unitId, role, ...acting })) throw invalid('fromDay', 'acting_overlap');
		return (await requestAccessChange(tx, actor, { kind: 'role', accountId, unitId, role, acting })) === 'waiting';
	});
}

/**
 * Revokes a permanent role. It takes effect immediately for sessions and tokens, because both read the roles at every
 * request. If the account also has the role as acting head now, it keeps the role until that grant ends.
 * @throws NotFound · Invalid `admin_last_admin` for the last administrator of a root unit
 */
export async function revokeRole(actor: Actor, accountId: string, raw: unknown): Promise<void> {
	const { unitId, role } = checked(roleSchema, raw);
	requireAdmin(actor, unitId);
	await transaction(async (tx) => {
		const account = await accountForAdmin(tx, actor, accountId, 'seen');
		if (role === 'admin' && (await rootAdminsLeft(tx, { accountId, unitId })) === 0) {
			throw invalid('role', 'admin_last_admin');
		}
		const revoked = await tx
			.delete(roles)
			.where(and(ofRole(accountId, unitId, role), isNull(roles.actingId)))
			.returning();
		if (revoked.length === 0) return;
		await recordChange(tx, actor, { unitId, action: 'role.revoked', subject: account.username, before: { role } });
		if (await resumeActingRole(tx, { accountId, unitId, role }, account.username)) return;
		await recordRemoval(tx, actor, { kind: 'role_removed', accountId, unitId, role });
	});
}

/**
 * Ends a present or future grant as acting head. Does nothing if it has already ended.
 * @throws NotFound if the actor does not administer its unit
 */
export async function revokeActingRole(actor: Actor, accountId: string, id: string): Promise<void> {
	await transaction(async (tx) => {
		const account = await accountForAdmin(tx, actor, accountId, 'seen');
		const own = and(isId(actingRoles.id, id), eq(actingRoles.accountId, accountId));
		const grant = await tx.select().from(actingRoles).where(own).for('update').then(oneRow);
		const { unitId, kind, order } = grant;
		const role = grant.role as Role;
		requireAdmin(actor, unitId);
		if (grant.endedAt) return;
		const lost = await endActingRole(tx, id);
		const before = { role, kind, order };
		await recordChange(tx, actor, { unitId, action: 'role.revoked', subject: account.username, before });
		if (lost) await recordRemoval(tx, actor, { kind: 'role_removed', accountId, unitId, role });
	});
}

/** The roles granted to an account, each with the unit where it was granted. */
export async function rolesOf(accountId: string) {
	const { kind, order, fromDay, toDay } = actingRoles;
	const held = await db()
		.select({ role: roles.role, unitId: roles.unitId, acting: { kind, order, fromDay, toDay } })
		.from(roles)
		.leftJoin(actingRoles, eq(actingRoles.id, roles.actingId))
		.where(eq(roles.accountId, accountId))
		.orderBy(asc(roles.role));
	const { units } = await referenceData();
	return units
		.toSorted(byCode)
		.flatMap(({ id, name: unit }) =>
			held
				.filter(({ unitId }) => unitId === id)
				.map(({ role, acting }) => ({ role: role as Role, unit, acting: acting as ActingTerms | null }))
		);
}
