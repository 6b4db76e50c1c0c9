import { eq, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';

/** What stands beside an officer's name in a comparison. */
export interface OfficerCard {
	/** Where the portrait is shown, if the site shows one. */
	portrait: string | null;
	unit: string;
}

/** The cards of these officers, by id. */
export async function officerCards(ids: readonly string[]): Promise<Record<string, OfficerCard>> {
	if (ids.length === 0) return {};
	const rows = await db()
		.select({ id: officers.id, photoKey: officers.photoKey, active: officers.active, unit: units.name })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(inArray(officers.id, [...ids]));
	return Object.fromEntries(
		rows.map(({ id, photoKey, active, unit }) => [
			id,
			{ unit, portrait: photoKey !== null && active ? `/berkas/petugas/${id}` : null }
		])
	);
}
