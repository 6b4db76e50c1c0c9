import { asc, eq, inArray, or } from 'drizzle-orm';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';

export interface ManagedUnit {
	id: string;
	code: string;
	slug: string;
	name: string;
	parentId: string | null;
	timeZone: string;
}

const columns = {
	id: units.id,
	code: units.code,
	slug: units.slug,
	name: units.name,
	parentId: units.parentId,
	timeZone: units.timeZone
};

/**
 * The unit of that code or slug, for somebody who manages it.
 *
 * @throws NotFound if it is not there or the actor has nothing to do with it, NotAllowed where the actor works there
 * in another role
 */
export async function managedUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const [unit] = await db()
		.select(columns)
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	if (!unit || !holds(actor, unit.id, ...ROLES)) throw new NotFound(name);
	if (!holds(actor, unit.id, 'manager')) throw new NotAllowed('manager');
	return unit;
}

/** Every unit the actor manages, by code: the province before its regencies. */
export async function managedUnits(actor: Actor): Promise<ManagedUnit[]> {
	if (actor.units.manager.length === 0) return [];
	return db()
		.select(columns)
		.from(units)
		.where(inArray(units.id, [...actor.units.manager]))
		.orderBy(asc(units.code));
}

/** `own`: the unit alone. `tree`: with all units below it, which the role reaches too. */
export type UnitScope = 'own' | 'tree';

export async function unitIdsOf(unit: ManagedUnit, scope: UnitScope): Promise<string[]> {
	return scope === 'tree' ? withUnitsBelow(db(), [unit.id]) : [unit.id];
}
