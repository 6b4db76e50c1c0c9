import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { officers } from '../db/schema/units.ts';

/** Which of these officers have a portrait that the site shows (`/berkas/petugas/[id]`). */
export async function withPortrait(ids: readonly string[]): Promise<string[]> {
	if (ids.length === 0) return [];
	const rows = await db()
		.select({ id: officers.id })
		.from(officers)
		.where(and(inArray(officers.id, [...ids]), isNotNull(officers.photoKey), eq(officers.active, true)));
	return rows.map((row) => row.id);
}
