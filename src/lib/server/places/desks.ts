import { and, asc, eq, isNull } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { places } from '#lib/server/db/schema/units.ts';

export interface Desk {
	id: string;
	name: string;
	/** Whose it is, where it is one person's. */
	officerId: string | null;
}

/** The desks of an office that are in use, by name. */
export async function desksOf(unitId: string): Promise<Desk[]> {
	return db()
		.select({ id: places.id, name: places.name, officerId: places.officerId })
		.from(places)
		.where(and(eq(places.unitId, unitId), eq(places.kind, 'desk'), isNull(places.withdrawnAt)))
		.orderBy(asc(places.name), asc(places.id));
}
