import { asc, eq, inArray, or } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import type { ManagedUnit } from '#lib/server/ratings/managed-unit.ts';

/** Who handles reports sees their figures as well as who manages: counts of what they may open anyway. */
const READERS = ['handler', 'supervisor', 'manager'] as const;

const columns = {
	id: units.id,
	code: units.code,
	slug: units.slug,
	name: units.name,
	parentId: units.parentId,
	timeZone: units.timeZone
};

/** Every unit whose board the actor reads, by code: the province before its regencies. */
export async function boardUnits(actor: Actor): Promise<ManagedUnit[]> {
	const ids = new Set(READERS.flatMap((role) => actor.units[role]));
	if (ids.size === 0) return [];
	return db()
		.select(columns)
		.from(units)
		.where(inArray(units.id, [...ids]))
		.orderBy(asc(units.code));
}

/** The unit of that code or slug, for somebody who reads its board. @throws NotFound */
export async function boardUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const [unit] = await db()
		.select(columns)
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	if (!unit || !holds(actor, unit.id, ...READERS)) throw new NotFound(name);
	return unit;
}
