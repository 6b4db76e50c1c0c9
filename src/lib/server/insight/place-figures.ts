import { and, between, eq, inArray, sql } from 'drizzle-orm';
import type { Period } from '#lib/ratings/period.ts';
import { db } from '#lib/server/db/index.ts';
import { places, placeScans, units } from '#lib/server/db/schema/units.ts';
import type { Count } from './read-sums.ts';

export interface PlaceFigures {
	id: string;
	name: string;
	kind: string;
	unit: string;
	/** Scans of the printed code on days of the period; `place_scans` keeps a number a day and nothing of who scanned. */
	scans: number;
	/** Reports that came by it, of those that count for the actor. */
	reports: number;
}

/** Printed codes that were scanned or brought reports, most reports first. */
export async function placesBeside(
	unitIds: readonly string[],
	{ from, to }: Period,
	reports: readonly Count[]
): Promise<PlaceFigures[]> {
	const rows = await db()
		.select({
			id: places.id,
			name: places.name,
			kind: places.kind,
			unit: units.name,
			scans: sql<number>`coalesce(sum(${placeScans.count}), 0)::int`
		})
		.from(places)
		.innerJoin(units, eq(units.id, places.unitId))
		.leftJoin(placeScans, and(eq(placeScans.placeId, places.id), between(placeScans.day, from, to)))
		.where(inArray(places.unitId, [...unitIds]))
		.groupBy(places.id, units.id);
	return rows
		.map((place) => ({ ...place, reports: reports.find(({ value }) => value === place.id)?.n ?? 0 }))
		.filter(({ scans, reports: n }) => scans + n > 0)
		.sort((a, b) => b.reports - a.reports || b.scans - a.scans || a.name.localeCompare(b.name));
}
