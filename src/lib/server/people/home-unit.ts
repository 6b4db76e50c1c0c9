import { eq, inArray } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { officers, units } from '../db/schema/units.ts';
import type { Actor } from './actor.ts';

/** The office a person works for: that of the own officer, else the highest unit where a role is held. */
export async function homeUnit(actor: Actor): Promise<{ name: string; accent: string } | undefined> {
	const own = actor.officerId === null ? [] : await unitOf(actor.officerId);
	const ids = own.length > 0 ? own : [...new Set(Object.values(actor.units).flat())];
	if (ids.length === 0) return undefined;
	const found = await db()
		.select({ name: units.name, accent: units.accent, path: units.path, code: units.code })
		.from(units)
		.where(inArray(units.id, ids));
	const [home] = found.sort((a, b) => a.path.length - b.path.length || a.code.localeCompare(b.code));
	return home && { name: home.name, accent: home.accent };
}

async function unitOf(officerId: string): Promise<string[]> {
	const rows = await db().select({ unitId: officers.unitId }).from(officers).where(eq(officers.id, officerId));
	return rows.map((row) => row.unitId);
}
