import { eq, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';

/** Facts shown beside officers' names in a comparison, by id: the unit, and the URL of the portrait if the site shows one. */
export async function officerCards(ids: readonly string[]) {
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
