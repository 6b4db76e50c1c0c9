import { asc, type SQL } from 'drizzle-orm';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { aspectsOf, plainMean, sourcesOf } from '#lib/ratings/breakdown.ts';
import { ratingsIn, type Counts } from '#lib/ratings/statistics.ts';
import { db } from '#lib/server/db/index.ts';
import { countsOf, sumsByService, sumsWithin, totals, type RatingFilter, type SumsTable } from './sums.ts';

/** Counted ratings taken apart: by aspect, by service and by source. */
export interface Breakdown {
	n: number;
	distribution: Counts;
	verified: number;
	aspects: ReturnType<typeof aspectsOf>;
	/** Most ratings first; null for those that name no service. Without a mean below the minimum. */
	services: { service: ServiceKind | null; n: number; mean: number | null; distribution: Counts }[];
	sources: ReturnType<typeof sourcesOf>;
}

/** @param minimum how many ratings a mean needs */
export async function breakdownOf(
	filter: RatingFilter,
	whose: (table: SumsTable) => SQL | undefined,
	minimum: number
): Promise<Breakdown> {
	const pieces = sumsWithin(filter, whose);
	const [figures] = await db().select(totals(pieces)).from(pieces);
	if (!figures) throw new Error('a sum without a row');
	const distribution = countsOf(figures);
	return {
		n: ratingsIn(distribution),
		distribution,
		verified: figures.verified,
		aspects: aspectsOf(figures, minimum),
		services: await servicesOf(filter, whose, minimum),
		sources: sourcesOf(figures)
	};
}

async function servicesOf(
	filter: RatingFilter,
	whose: (table: SumsTable) => SQL | undefined,
	minimum: number
): Promise<Breakdown['services']> {
	const pieces = sumsByService(filter, whose);
	const rows = await db()
		.select({ service: pieces.service, ...totals(pieces) })
		.from(pieces)
		.groupBy(pieces.service)
		.orderBy(asc(pieces.service));
	return rows
		.map((row) => {
			const distribution = countsOf(row);
			const n = ratingsIn(distribution);
			const mean = n >= minimum ? plainMean(distribution) : null;
			return { service: row.service as ServiceKind | null, n, mean, distribution };
		})
		.filter(({ n }) => n > 0)
		.sort((a, b) => b.n - a.n);
}
