import { eq, sql } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { places, placeScans, units } from '#lib/server/db/schema/units.ts';
import { parsePlaceCode } from '#lib/text/place-code.ts';

/** A place as a citizen's scan meets it. */
export interface ScannedPlace {
	id: string;
	code: string;
	kind: string;
	name: string;
	officerId: string | null;
	unit: { id: string; slug: string; name: string };
}

export type CodeAnswer =
	| { found: ScannedPlace }
	/** It was printed once and is out of use; the office is still there. */
	| { withdrawn: { unit: ScannedPlace['unit'] } }
	| { unknown: true };

/** What a printed code leads to, as scanned or typed in any case and grouping. */
export async function placeByCode(typed: string): Promise<CodeAnswer> {
	const code = parsePlaceCode(typed);
	if (!code) return { unknown: true };
	const [row] = await db()
		.select({ place: places, unit: { id: units.id, slug: units.slug, name: units.name, active: units.active } })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(eq(places.code, code));
	if (!row?.unit.active) return { unknown: true };
	const { id, slug, name } = row.unit;
	const unit = { id, slug, name };
	if (row.place.withdrawnAt) return { withdrawn: { unit } };
	const { kind, officerId } = row.place;
	return { found: { id: row.place.id, code, kind, name: row.place.name, officerId, unit } };
}

/** Counts a scan on today's date in the unit's zone; no time of day and no address is kept. */
export async function countScan(placeId: string): Promise<void> {
	const [place] = await db()
		.select({ zone: units.timeZone })
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.where(eq(places.id, placeId));
	if (!place) return;
	await db()
		.insert(placeScans)
		.values({ placeId, day: localDate(now(), place.zone), count: 1 })
		.onConflictDoUpdate({
			target: [placeScans.placeId, placeScans.day],
			set: { count: sql`${placeScans.count} + 1` }
		});
}
