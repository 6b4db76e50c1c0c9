import { and, asc, eq, sql } from 'drizzle-orm';
import type { CarriedOut } from '#lib/recap/figures.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { caseMoves } from '#lib/server/db/schema/recap.ts';
import { movesWithin } from './flow.ts';
import type { RecapSpan } from './moment.ts';

/** Suggestions answered in a period by what was done: the answer's own words on it (docs/decisions/0014). */
export async function carriedOut(on: Database | Tx, span: RecapSpan): Promise<CarriedOut[]> {
	return on
		.select({
			caseId: cases.id,
			reference: cases.reference,
			action: sql<string>`${timeline.data} ->> 'action'`,
			actionOn: sql<string | null>`${timeline.data} ->> 'action_on'`
		})
		.from(caseMoves)
		.innerJoin(cases, eq(cases.id, caseMoves.caseId))
		.innerJoin(
			timeline,
			and(
				eq(timeline.caseId, caseMoves.caseId),
				eq(timeline.type, 'answered'),
				eq(timeline.at, caseMoves.at),
				sql`${timeline.data} ? 'action'`
			)
		)
		.where(and(movesWithin(span, 'answered'), eq(caseMoves.kind, 'suggestion')))
		.orderBy(asc(cases.reference));
}
