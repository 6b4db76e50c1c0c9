import { and, asc, eq, exists, inArray, or } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { unitTree, type UnitInTree } from '#lib/server/people/units/find-unit.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { workerRoles } from '../case-staff.ts';
import { visibleTo } from '../visibility.ts';

/** The offices whose reports a person handles or supervises, parents before children. */
export async function deskUnits(actor: Actor): Promise<UnitInTree[]> {
	const reach = new Set(caseRoleUnits(actor));
	return (await unitTree()).filter((unit) => reach.has(unit.id));
}

/**
 * People for the filter by handler, sorted by name: those to whom reports of these offices can be assigned, and those
 * whose account was switched off and who still have reports that the actor sees, such as closed ones. Roles are inherited
 * downwards.
 */
export function handlersToFilter(actor: Actor, units: readonly UnitInTree[]): Promise<{ id: string; name: string }[]> {
	const here = inArray(
		cases.unitId,
		units.map(({ id }) => id)
	);
	const hasReports = exists(
		db()
			.select({ id: cases.id })
			.from(cases)
			.where(and(eq(cases.assigneeId, accounts.id), here, visibleTo(actor)))
	);
	return db()
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				inArray(roles.role, [...workerRoles(false)]),
				inArray(roles.unitId, units.flatMap(chainOf)),
				or(accounts.active, hasReports)
			)
		)
		.orderBy(asc(accounts.name), asc(accounts.id));
}

/** Boxes, desks, kiosks and posters of an office that are in use, by name. */
export async function placesInUse(unitId: string): Promise<{ id: string; name: string }[]> {
	const { places } = await referenceData();
	return places
		.filter((place) => place.unitId === unitId && place.withdrawnAt === null)
		.map(({ id, name }) => ({ id, name }));
}
