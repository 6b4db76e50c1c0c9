import { and, eq, gte, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { ago } from '#lib/server/clock.ts';
import type { Reader } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';

/** Milliseconds for which a removed role or a deactivated account is still considered. */
export const REMOVED_MS = 30 * DAY_MS;

const hasRole = (anyOf: readonly Role[]) => inArray(sql`${accessChanges.data} ->> 'role'`, [...anyOf]);

/** Units where an account has one of the roles, or will have it as acting head, even if it is inactive. */
export async function unitsHeld(on: Reader, accountId: string, anyOf: readonly Role[]): Promise<string[]> {
	const open = and(eq(actingRoles.accountId, accountId), isNull(actingRoles.endedAt));
	const approved = and(open, inArray(actingRoles.role, [...anyOf]));
	const held = await on
		.select({ unitId: roles.unitId })
		.from(roles)
		.where(and(eq(roles.accountId, accountId), inArray(roles.role, [...anyOf])))
		.union(on.select({ unitId: actingRoles.unitId }).from(actingRoles).where(approved));
	return held.map(({ unitId }) => unitId);
}

/** As `unitsHeld`, including waiting changes, because protection starts with the request. */
export async function unitsHeldSoon(on: Reader, accountId: string, anyOf: readonly Role[]): Promise<string[]> {
	const { kind, state, data } = accessChanges;
	const waitingRoles = await on
		.select({ data })
		.from(accessChanges)
		.where(and(eq(accessChanges.accountId, accountId), eq(kind, 'role'), eq(state, 'waiting'), hasRole(anyOf)));
	return [...(await unitsHeld(on, accountId, anyOf)), ...waitingRoles.map((row) => String(row.data.unitId))];
}

/**
 * Units concerned by the removals of one of the roles from an account within the last 30 days. Otherwise an
 * administrator could remove the role, change the address and grant the role again, and its password link would go to
 * the new address.
 */
export async function unitsRecentlyLost(on: Reader, accountId: string, anyOf: readonly Role[]): Promise<string[]> {
	const { kind, requestedAt, unitIds } = accessChanges;
	const lost = and(eq(kind, 'role_removed'), hasRole(anyOf), gte(requestedAt, ago(REMOVED_MS)));
	const removals = await on
		.select({ unitIds })
		.from(accessChanges)
		.where(and(eq(accessChanges.accountId, accountId), lost));
	return removals.flatMap((row) => row.unitIds);
}

/**
 * Supervisors whom another person removed, switched off or linked to an officer within the last 30 days, with one row
 * per unit: which person, when and where. Switched-off and linked accounts keep their roles.
 */
export async function supervisorsRemoved(on: Reader) {
	const { kind, data, requestedBy, requestedAt } = accessChanges;
	const keepsRoles = inArray(kind, ['switched_off', 'officer_linked']);
	const supervised = and(eq(roles.accountId, accessChanges.accountId), eq(roles.role, 'supervisor'));
	const unitId = sql<string | null>`coalesce(${roles.unitId}::text, ${data} ->> 'unitId')`;
	return on
		.select({ by: requestedBy, at: requestedAt, unitId })
		.from(accessChanges)
		.leftJoin(roles, and(keepsRoles, supervised))
		.where(
			and(
				gte(requestedAt, ago(REMOVED_MS)),
				ne(requestedBy, accessChanges.accountId),
				or(keepsRoles, and(eq(kind, 'role_removed'), hasRole(['supervisor'])))
			)
		);
}
