import { asc, eq, inArray, or, sql } from 'drizzle-orm';
import { isUuid } from '#lib/text/uuid.ts';
import { db, type Database, type Tx, type Reader } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from '../actor.ts';

export type Unit = typeof units.$inferSelect;
/** A unit in tree order; `depth` 0 is a root. */
export type UnitInTree = Unit & { depth: number };

/** Finds an active unit by code (`7604`) or slug (`mamuju`). */
export async function findUnit(on: Database | Tx, name: string): Promise<Unit | undefined> {
	const [unit] = await on
		.select()
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	return unit?.active ? unit : undefined;
}

/** As `findUnit`, limited to `ids`. @throws NotFound if the unit does not exist or is not among `ids` */
export async function requireUnitWithin(name: string, ids: readonly string[]): Promise<Unit> {
	const unit = await findUnit(db(), name);
	if (!unit || !ids.includes(unit.id)) throw new NotFound();
	return unit;
}

/** All units, parents before children, siblings by code. */
export async function unitTree(on: Reader = db()): Promise<UnitInTree[]> {
	const all = await on.select().from(units).orderBy(asc(units.code));
	const below = (parentId: string | null, depth: number): UnitInTree[] =>
		all
			.filter((unit) => unit.parentId === parentId)
			.flatMap((unit) => [{ ...unit, depth }, ...below(unit.id, depth + 1)]);
	return below(null, 0);
}

/** Finds an active or inactive unit by code (`7604`), slug (`mamuju`) or id. */
export async function anyUnit(name: string, on: Reader = db()): Promise<Unit | undefined> {
	const [found] = await on
		.select()
		.from(units)
		.where(isUuid(name) ? eq(units.id, name) : or(eq(units.code, name), eq(units.slug, name.toLowerCase())));
	return found;
}

/** Active units for citizens, a province (`depth` 0) before its regencies. */
export async function openOffices() {
	return (await unitTree()).filter((unit) => unit.active).map(({ slug, name, depth }) => ({ slug, name, depth }));
}

/** Finds an active unit by slug or code. @throws NotFound */
export async function openOffice(name: string): Promise<Unit> {
	const unit = await findUnit(db(), name);
	if (!unit) throw new NotFound(`office ${name}`);
	return unit;
}

/** Name of the parent unit; null for a root. */
export async function officeAbove(unit: Pick<Unit, 'parentId'>): Promise<string | null> {
	return unit.parentId ? ((await anyUnit(unit.parentId))?.name ?? null) : null;
}

/** The unit a person works for: that of their officer record, otherwise the highest unit where they have a role. */
export async function homeUnit(actor: Actor) {
	const { officerId } = actor;
	const ofOfficer = officerId && db().select({ id: officers.unitId }).from(officers).where(eq(officers.id, officerId));
	const { id, name, accent, timeZone } = units;
	const [home] = await db()
		.select({ id, name, accent, timeZone })
		.from(units)
		.where(inArray(units.id, ofOfficer || Object.values(actor.units).flat()))
		.orderBy(asc(sql`length(${units.path})`), asc(units.code))
		.limit(1);
	return home;
}

/** Time zone of the first root unit, used for data across units. */
export async function firstZone(): Promise<string> {
	const [root] = await db()
		.select({ zone: units.timeZone })
		.from(units)
		.orderBy(asc(sql`length(${units.path})`), asc(units.code))
		.limit(1);
	return root?.zone ?? 'UTC';
}
