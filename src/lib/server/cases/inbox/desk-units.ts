import { db } from '#lib/server/db/index.ts';
import { caseRoleUnits, type Actor } from '#lib/server/people/actor.ts';
import { accountsWithRole } from '#lib/server/people/administration.ts';
import { unitTree, type UnitInTree } from '#lib/server/people/units/find-unit.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { workerRoles } from '../case-staff.ts';

/** The offices whose reports a person handles or supervises, parents before children. */
export async function deskUnits(actor: Actor): Promise<UnitInTree[]> {
	const reach = new Set(caseRoleUnits(actor));
	return (await unitTree()).filter((unit) => reach.has(unit.id));
}

/** People to whom reports of these offices can be assigned, sorted by name. Roles are inherited downwards. */
export const assignablePeople = (units: readonly UnitInTree[]): Promise<{ id: string; name: string }[]> =>
	accountsWithRole(db(), workerRoles(false), units.flatMap(chainOf));

/** Boxes, desks, kiosks and posters of an office that are in use, by name. */
export async function placesInUse(unitId: string): Promise<{ id: string; name: string }[]> {
	const { places } = await referenceData();
	return places
		.filter((place) => place.unitId === unitId && place.withdrawnAt === null)
		.map(({ id, name }) => ({ id, name }));
}
