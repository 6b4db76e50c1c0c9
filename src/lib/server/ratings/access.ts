import { isNull, notInArray, or, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, recordIdsOf, recordsOf, withUnitsBelow, type Actor } from '#lib/server/people/actor.ts';
import { byCode, findUnit } from '#lib/server/people/units/find-unit.ts';
import { referenceData, type Unit } from '#lib/server/reference/reference.ts';

/** The columns of a unit that pages of figures show. */
export type ManagedUnit = Pick<Unit, 'id' | 'code' | 'slug' | 'name' | 'parentId' | 'timeZone'>;

const shown = ({ id, code, slug, name, parentId, timeZone }: Unit): ManagedUnit => ({
	id,
	code,
	slug,
	name,
	parentId,
	timeZone
});

/** Finds a unit by its code or slug, without an access check. */
export async function unitNamed(name: string): Promise<ManagedUnit | undefined> {
	const unit = await findUnit(name);
	return unit && shown(unit);
}

/** Units ordered by code, so a province comes before its regencies. */
export async function unitsWithin(ids: readonly string[]): Promise<ManagedUnit[]> {
	const { units } = await referenceData();
	return units
		.filter(({ id }) => ids.includes(id))
		.sort(byCode)
		.map(shown);
}

/**
 * Returns the unit with this code or slug to one of its managers.
 * @throws NotFound if the unit does not exist or the actor has no role in it
 * @throws NotAllowed if the actor only has another role there
 */
export async function managedUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const unit = await unitNamed(name);
	if (!unit || !holds(actor, unit.id, ...ROLES)) throw new NotFound(name);
	if (!holds(actor, unit.id, 'manager')) throw new NotAllowed('manager');
	return unit;
}

/** All units the actor manages, ordered by code. */
export const managedUnits = (actor: Actor): Promise<ManagedUnit[]> => unitsWithin(actor.units.manager);

/** `own`: only this unit. `tree`: this unit and all units below it; a manager's role covers them too. */
export type UnitScope = 'own' | 'tree';

export async function unitIdsOf(unit: { id: string }, scope: UnitScope = 'own'): Promise<string[]> {
	return scope === 'tree' ? withUnitsBelow([unit.id]) : [unit.id];
}

/** Ids of the units that a query for figures covers. @throws NotFound and NotAllowed as `managedUnit` does */
export async function managedIds(actor: Actor, query: { unit: string; scope?: UnitScope }): Promise<string[]> {
	return unitIdsOf(await managedUnit(actor, query.unit), query.scope);
}

export type ManagedOfficer = Awaited<ReturnType<typeof managedOfficer>>;

/**
 * Returns an officer of a unit that the actor manages. `active` is false for an officer who has left; the earlier
 * figures remain.
 * @throws NotFound if there is no such officer, and for an officer record of the actor
 */
export async function managedOfficer(actor: Actor, id: string) {
	const { officerById, unitById } = await referenceData();
	const officer = officerById.get(id);
	const unit = officer && unitById.get(officer.unitId);
	if (!unit || (await recordIdsOf(actor.officerId)).includes(id) || !holds(actor, unit.id, 'manager'))
		throw new NotFound(id);
	const { name, active } = officer;
	return { id, name, active, unit: { id: unit.id, code: unit.code, slug: unit.slug, name: unit.name } };
}

/** The reader of figures. If `officerId` is null the reader is not an officer, so no rating is excluded. */
export type FiguresReader = Pick<Actor, 'officerId'>;

/**
 * Excludes ratings of the reader, or visits the reader served. Otherwise a manager who is also rated could compute
 * single own ratings from the figures: the unit's total minus the colleagues' totals, or the difference between two
 * periods one day apart. With this condition the figures never depend on the reader's own ratings, which `ownRatings`
 * shows.
 */
export function exceptReader(reader: FiguresReader, table: { officerId: PgColumn }): SQL | undefined {
	return reader.officerId === null
		? undefined
		: or(isNull(table.officerId), notInArray(table.officerId, recordsOf(reader.officerId)));
}

/** Whether the actor is or was an officer of one of these units. Pages then say that the actor's own ratings are excluded. */
export async function worksIn(actor: FiguresReader, unitIds: readonly string[]): Promise<boolean> {
	const { officerById } = await referenceData();
	const records = await recordIdsOf(actor.officerId);
	return records.some((id) => unitIds.includes(officerById.get(id)?.unitId ?? ''));
}
