import { eq, inArray } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '../actor.ts';

export interface HomeUnit {
	id: string;
	name: string;
	accent: string;
	timeZone: string;
}

/** The office a person works for: that of their officer record, else the highest unit where they have a role. */
export async function homeUnit(actor: Actor): Promise<HomeUnit | undefined> {
	const own = actor.officerId === null ? [] : await unitOf(actor.officerId);
	const ids = own.length > 0 ? own : [...new Set(Object.values(actor.units).flat())];
	if (ids.length === 0) return undefined;
	const found = await db()
		.select({
			id: units.id,
			name: units.name,
			accent: units.accent,
			timeZone: units.timeZone,
			path: units.path,
			code: units.code
		})
		.from(units)
		.where(inArray(units.id, ids));
	const [home] = found.sort((a, b) => a.path.length - b.path.length || a.code.localeCompare(b.code));
	return home && { id: home.id, name: home.name, accent: home.accent, timeZone: home.timeZone };
}

async function unitOf(officerId: string): Promise<string[]> {
	const rows = await db().select({ unitId: officers.unitId }).from(officers).where(eq(officers.id, officerId));
	return rows.map((row) => row.unitId);
}
