import { and, asc, eq, inArray } from 'drizzle-orm';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { findUnit, type Unit } from '#lib/server/people/units/find-unit.ts';

/** Ids of the units whose periodic reports the actor reads and files: those managed or supervised, and all below. */
const reportingIds = ({ units: held }: Actor): string[] => [...new Set([...held.manager, ...held.supervisor])];

/**
 * The unit of that code or slug, for somebody who manages or supervises it.
 *
 * @throws NotFound if it is not there or the actor has nothing to do with it, NotAllowed where the actor works there
 * in another role
 */
export async function reportingUnit(actor: Actor, name: string): Promise<Unit> {
	const unit = await findUnit(db(), name);
	if (!unit || !holds(actor, unit.id, ...ROLES)) throw new NotFound(name);
	if (!holds(actor, unit.id, 'manager', 'supervisor')) throw new NotAllowed('manager');
	return unit;
}

/** All of them, by code: the province before its regencies. */
export async function reportingUnits(actor: Actor): Promise<Unit[]> {
	const ids = reportingIds(actor);
	if (ids.length === 0) return [];
	return db()
		.select()
		.from(units)
		.where(and(inArray(units.id, ids), eq(units.active, true)))
		.orderBy(asc(units.code));
}
