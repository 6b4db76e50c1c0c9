import { eq, or } from 'drizzle-orm';
import type { Database, Tx } from '../db/index.ts';
import { units } from '../db/schema/units.ts';

export type Unit = typeof units.$inferSelect;

/** An active unit by code (`7604`) or slug (`mamuju`). */
export async function findUnit(on: Database | Tx, name: string): Promise<Unit | undefined> {
	const [unit] = await on
		.select()
		.from(units)
		.where(or(eq(units.code, name), eq(units.slug, name)));
	return unit?.active ? unit : undefined;
}
