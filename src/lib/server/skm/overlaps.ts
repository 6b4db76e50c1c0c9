import { sql } from 'drizzle-orm';
import type { Period } from '#lib/ratings/period.ts';
import { LEAST_PUBLISHED } from '#lib/skm/figures.ts';
import { rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmPublications, skmResponses } from '#lib/server/db/schema/skm.ts';

/**
 * Whether the figures of a period, beside all that the office has published, would tell what fewer than five people
 * answered: a year less three of its quarters is the fourth.
 *
 * Whatever sums and differences are made of publications, days that lie in the same ones come and go together. So it is
 * enough that each such set of days, of those that the new period touches, holds no form or at least five. What was
 * withdrawn counts too: it was public, and who has kept it can subtract it.
 */
export async function wouldTellFew(on: Database | Tx, unitId: string, { from, to }: Period): Promise<boolean> {
	const day = skmResponses.day;
	const published = sql`(
		select distinct ${skmPublications.firstDay} as first, ${skmPublications.lastDay} as last,
			${skmPublications.firstDay} <= ${to} and ${skmPublications.lastDay} >= ${from} as touched
		from ${skmPublications} where ${skmPublications.unitId} = ${unitId})`;
	const few = await rowsOf(
		on,
		sql`select 1 as few
			from ${skmResponses}
			cross join lateral (
				select coalesce(array_agg(p.first || ' ' || p.last order by p.first, p.last), '{}') as lying_in,
					coalesce(bool_or(p.touched), false) as touched
				from ${published} p where ${day} between p.first and p.last
			) known
			where ${skmResponses.unitId} = ${unitId} and ${skmResponses.state} = 'counted'
				and (known.touched or ${day} between ${from} and ${to})
			group by known.lying_in, ${day} between ${from} and ${to}
			having count(*) < ${LEAST_PUBLISHED}
			limit 1`
	);
	return few.length > 0;
}
