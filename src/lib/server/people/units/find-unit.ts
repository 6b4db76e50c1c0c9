import { eq, or } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';

export type Unit = typeof units.$inferSelect;

/** Finds an active unit by code (`7604`) or slug (`mamuju`). */
export async function findUnit(on: Database | Tx, name: string): Promise<Unit | undefined> {
	const [unit] = await on
		.select()
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	return unit?.active ? unit : undefined;
}

/** The same among `ids`. @throws NotFound if it does not exist or is not among them, without a difference */
export async function requireUnitWithin(name: string, ids: readonly string[]): Promise<Unit> {
	const unit = await findUnit(db(), name);
	if (!unit || !ids.includes(unit.id)) throw new NotFound();
	return unit;
}
