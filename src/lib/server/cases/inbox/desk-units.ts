import { and, asc, eq, isNull } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { places } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { unitTree, type UnitInTree } from '#lib/server/people/units/find-unit.ts';

/** The offices whose reports a person handles or supervises, parents before children. */
export async function deskUnits(actor: Actor): Promise<UnitInTree[]> {
	const reach = new Set([...actor.units.handler, ...actor.units.supervisor]);
	return (await unitTree()).filter((unit) => reach.has(unit.id));
}

/** Boxes, desks, kiosks and posters of an office that are in use, by name. */
export async function placesInUse(unitId: string): Promise<{ id: string; name: string }[]> {
	return db()
		.select({ id: places.id, name: places.name })
		.from(places)
		.where(and(eq(places.unitId, unitId), isNull(places.withdrawnAt)))
		.orderBy(asc(places.name), asc(places.id));
}
