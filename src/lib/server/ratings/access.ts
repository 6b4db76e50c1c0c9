import { and, asc, eq, inArray, isNull, ne, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';

const named = { id: units.id, code: units.code, slug: units.slug, name: units.name };
const columns = { ...named, parentId: units.parentId, timeZone: units.timeZone };
export type ManagedUnit = Pick<typeof units.$inferSelect, keyof typeof columns>;

/** The unit of that code or slug, whoever asks. */
export async function unitNamed(name: string): Promise<ManagedUnit | undefined> {
	const [unit] = await db()
		.select(columns)
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	return unit;
}

/** Units in the order of their codes: the province before its regencies. */
export const unitsWithin = (ids: readonly string[]): Promise<ManagedUnit[]> =>
	db()
		.select(columns)
		.from(units)
		.where(inArray(units.id, [...ids]))
		.orderBy(asc(units.code));

/**
 * The unit of that code or slug, for somebody who manages it.
 * @throws NotFound if it does not exist or the actor has no role in it, NotAllowed if the actor has another role there
 */
export async function managedUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const unit = await unitNamed(name);
	if (!unit || !holds(actor, unit.id, ...ROLES)) throw new NotFound(name);
	if (!holds(actor, unit.id, 'manager')) throw new NotAllowed('manager');
	return unit;
}

/** Every unit the actor manages, by code. */
export const managedUnits = (actor: Actor): Promise<ManagedUnit[]> => unitsWithin(actor.units.manager);

/** `own`: the unit alone. `tree`: with all units below it, which the role reaches too. */
export type UnitScope = 'own' | 'tree';

export async function unitIdsOf(unit: { id: string }, scope: UnitScope = 'own'): Promise<string[]> {
	return scope === 'tree' ? withUnitsBelow(db(), [unit.id]) : [unit.id];
}

/** Ids of the units whose figures a query asks for. @throws NotFound and NotAllowed as `managedUnit` */
export async function managedIds(actor: Actor, query: { unit: string; scope?: UnitScope }): Promise<string[]> {
	return unitIdsOf(await managedUnit(actor, query.unit), query.scope);
}

export type ManagedOfficer = Awaited<ReturnType<typeof managedOfficer>>;

/**
 * An officer of a unit that the actor manages, except the actor's own person. `active` is false for an officer who
 * left, whose earlier figures stay.
 * @throws NotFound
 */
export async function managedOfficer(actor: Actor, id: string) {
	const [officer] = await db()
		.select({ id: officers.id, name: officers.name, active: officers.active, unit: named })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(and(isId(officers.id, id), inArray(officers.unitId, [...actor.units.manager])));
	if (!officer || id === actor.officerId) throw new NotFound(id);
	return officer;
}

/** Somebody who reads figures; `officerId` null: no officer, so nothing is left out. */
export type Reader = Pick<Actor, 'officerId'>;

/**
 * Leaves out ratings of the reader's own person, or the visits they served. A manager who is rated too would otherwise learn
 * single ratings from the figures: those of the unit minus those of the colleagues, or of two periods that differ by a day. With
 * this condition the answer is the same whether or not such ratings exist; the own figures are in `ownRatings`.
 */
export function notOfOwn(reader: Reader, table: { officerId: PgColumn }): SQL | undefined {
	return reader.officerId === null ? undefined : or(isNull(table.officerId), ne(table.officerId, reader.officerId));
}

/** Whether the actor is an officer of one of these units, so that a page can say what it leaves out. */
export async function worksIn(actor: Reader, unitIds: readonly string[]): Promise<boolean> {
	if (actor.officerId === null) return false;
	const [own] = await db().select({ unitId: officers.unitId }).from(officers).where(eq(officers.id, actor.officerId));
	return own !== undefined && unitIds.includes(own.unitId);
}
