import { and, asc, eq, inArray, isNull } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { officers, places, services, units } from '#lib/server/db/schema/units.ts';
import { withUnitsBelow } from '../actor.ts';
import { requireUnitWithin } from './find-unit.ts';

/**
 * Ids of the named unit and, with `tree`, of those units below it that are in `reach`.
 * @throws NotFound if the named unit is not in `reach`
 */
export async function unitIdsWithin(reach: readonly string[], unit: string, tree: boolean): Promise<string[]> {
	const { id } = await requireUnitWithin(unit, reach);
	if (!tree) return [id];
	return (await withUnitsBelow([id])).filter((one) => reach.includes(one));
}

/** Lists for other systems of the office. Inactive officers, services and units and withdrawn places are excluded. */
export async function listingOf(
	what: 'units' | 'officers' | 'places' | 'services',
	reach: readonly string[],
	unit: string | null,
	tree: boolean
): Promise<Record<string, unknown>[]> {
	const ids = unit ? await unitIdsWithin(reach, unit, tree) : reach;
	if (ids.length === 0) return [];
	if (what === 'units') return unitsListed(ids);
	if (what === 'officers') {
		return db()
			.select({ id: officers.id, name: officers.name, unit: units.code, position: officers.position })
			.from(officers)
			.innerJoin(units, eq(units.id, officers.unitId))
			.where(and(inArray(officers.unitId, ids), eq(officers.active, true)))
			.orderBy(asc(units.code), asc(officers.name));
	}
	if (what === 'places') {
		const { id, name, code, kind, officerId } = places;
		return db()
			.select({ id, name, unit: units.code, code, kind, officer: officerId })
			.from(places)
			.innerJoin(units, eq(units.id, places.unitId))
			.where(and(inArray(places.unitId, ids), isNull(places.withdrawnAt)))
			.orderBy(asc(units.code), asc(places.name));
	}
	return db()
		.select({ id: services.id, unit: units.code, kind: services.kind, name: services.name, name_en: services.nameEn })
		.from(services)
		.innerJoin(units, eq(units.id, services.unitId))
		.where(and(inArray(services.unitId, ids), eq(services.active, true)))
		.orderBy(asc(units.code), asc(services.name));
}

async function unitsListed(ids: readonly string[]) {
	const rows = await db()
		.select()
		.from(units)
		.where(and(inArray(units.id, [...ids]), eq(units.active, true)))
		.orderBy(asc(units.code));
	const all = await db().select({ id: units.id, code: units.code }).from(units);
	const codes = new Map(all.map((unit) => [unit.id, unit.code]));
	return rows.map(({ id, code, slug, name, parentId, timeZone }) => ({
		id,
		code,
		slug,
		name,
		parent: codes.get(parentId ?? '') ?? null,
		time_zone: timeZone
	}));
}
