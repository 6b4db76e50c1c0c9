import { and, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { SKM_ELEMENTS, type SkmElement, SKM_FACT_NAMES, type SkmFact } from '#lib/skm/vocabulary.ts';
import { emptyTally, type SkmTally } from '#lib/skm/figures.ts';
import { rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';

/** Inclusive days in the unit's zone; without a service those of all, and those that name none. */
export interface SkmFilter {
	from: LocalDate;
	to: LocalDate;
	service?: ServiceKind | undefined;
}

export function within(unitIds: readonly string[], filter: SkmFilter): SQL | undefined {
	return and(
		inArray(skmResponses.unitId, [...unitIds]),
		between(skmResponses.day, filter.from, filter.to),
		filter.service === undefined ? undefined : eq(skmResponses.service, filter.service)
	);
}

/** What was counted in each of the units that has a form in the period. */
export async function skmTallies(
	on: Database | Tx,
	unitIds: readonly string[],
	filter: SkmFilter
): Promise<ReadonlyMap<string, SkmTally>> {
	const tallies = new Map<string, SkmTally>();
	const of = (unitId: string) => {
		const known = tallies.get(unitId) ?? emptyTally();
		tallies.set(unitId, known);
		return known;
	};
	for (const row of await sumsByState(on, unitIds, filter)) {
		const tally = of(row.unitId);
		if (row.state === 'held') tally.held = row.n;
		else if (row.state === 'voided') tally.voided = row.n;
		else {
			tally.n = row.n;
			for (const element of SKM_ELEMENTS) tally.sums[element] = row[element];
		}
	}
	for (const { unit, fact, value, n } of await saidByFact(on, unitIds, filter)) of(unit).said[fact][value] = n;
	return tallies;
}

function sumsByState(on: Database | Tx, unitIds: readonly string[], filter: SkmFilter) {
	const sum = (element: SkmElement) => sql<number>`sum(${skmResponses[element]})::int`;
	return on
		.select({
			unitId: skmResponses.unitId,
			state: skmResponses.state,
			n: count(),
			u1: sum('u1'),
			u2: sum('u2'),
			u3: sum('u3'),
			u4: sum('u4'),
			u5: sum('u5'),
			u6: sum('u6'),
			u7: sum('u7'),
			u8: sum('u8'),
			u9: sum('u9')
		})
		.from(skmResponses)
		.where(within(unitIds, filter))
		.groupBy(skmResponses.unitId, skmResponses.state);
}

/** Who answered, one row for each fact and what was said of it; '' where nothing was. */
function saidByFact(on: Database | Tx, unitIds: readonly string[], filter: SkmFilter) {
	const facts = SKM_FACT_NAMES.map((fact) => sql`(${fact}, coalesce(${skmResponses[fact]}, ''))`);
	return rowsOf<{ unit: string; fact: SkmFact; value: string; n: number }>(
		on,
		sql`select ${skmResponses.unitId} as unit, said.fact, said.value, count(*)::int as n
			from ${skmResponses} cross join lateral (values ${sql.join(facts, sql`, `)}) as said (fact, value)
			where ${skmResponses.state} = 'counted' and ${within(unitIds, filter)}
			group by 1, 2, 3`
	);
}
