import { and, between, count, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import type { Period } from '#lib/ratings/period.ts';
import { calendarPeriod } from '#lib/skm/calendar-periods.ts';
import { byFact, SKM_ELEMENTS, SKM_FACT_NAMES, type SkmElement, type SkmFact } from '#lib/skm/vocabulary.ts';
import {
	addTallies,
	emptyTally,
	figuresOf,
	respondentsOf,
	type FactCounts,
	type SkmRespondents,
	type SkmTally
} from '#lib/skm/figures.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { skmResponses } from '#lib/server/db/schema/skm.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { managedIds, unitsWithin, type UnitScope } from '#lib/server/ratings/access.ts';
import { referenceData } from '#lib/server/reference/reference.ts';

/** Inclusive dates in the unit's zone. Without a service: all forms, also those without a service. */
interface SkmFilter {
	from: LocalDate;
	to: LocalDate;
	service?: ServiceKind;
}

interface SkmSummaryQuery extends SkmFilter {
	/** Code or slug. */
	unit: string;
	scope?: UnitScope;
}

/**
 * Computes the survey's figures of a unit, and with scope `tree` of each unit below it, ordered by code. Included are
 * units that run the survey or have answers in the period. `together` covers all their forms. `respondents` are the
 * groups of a single unit in a whole quarter, half-year or year that has ended, with all services. Otherwise they are
 * null, because the difference of two freely chosen periods, or of two services, would reveal who filled in a listed
 * form.
 * @throws NotFound and NotAllowed as `managedUnit` does
 */
export async function skmSummary(actor: Actor, query: SkmSummaryQuery) {
	const unitIds = await managedIds(actor, query);
	const { surveys } = await referenceData();
	const [units, tallies] = await Promise.all([unitsWithin(unitIds), skmTallies(db(), unitIds, query)]);
	const offices = units.flatMap(({ id, code, slug, name }) => {
		const tally = tallies.get(id);
		const active = surveys.get(id)?.active ?? false;
		return active || tally ? [{ unit: { code, slug, name }, active, figures: figuresOf(tally ?? emptyTally()) }] : [];
	});
	const together = figuresOf([...tallies.values()].reduce(addTallies, emptyTally()));
	const [unit, ...others] = units;
	const span = calendarPeriod(query)?.kind ?? 'month';
	// While forms still come, the difference before and after one of them would show who filled it in.
	const isOver = unit !== undefined && query.to < localDate(now(), unit.timeZone);
	const grouped = isOver && others.length === 0 && span !== 'month' && !query.service;
	return { offices, together, respondents: grouped ? await skmRespondents(db(), unit.id, query) : null };
}

export function within(unitIds: readonly string[], filter: SkmFilter): SQL | undefined {
	return and(
		inArray(skmResponses.unitId, [...unitIds]),
		notInTrial(skmResponses.unitId),
		between(skmResponses.day, filter.from, filter.to),
		filter.service === undefined ? undefined : eq(skmResponses.service, filter.service)
	);
}

/** Counts the forms of each unit that has forms in the period. */
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
	return tallies;
}

function sumsByState(on: Database | Tx, unitIds: readonly string[], filter: SkmFilter) {
	const sums = Object.fromEntries(
		SKM_ELEMENTS.map((element) => [element, sql<number>`sum(${skmResponses[element]})::int`])
	) as Record<SkmElement, SQL<number>>;
	return on
		.select({ unitId: skmResponses.unitId, state: skmResponses.state, n: count(), ...sums })
		.from(skmResponses)
		.where(within(unitIds, filter))
		.groupBy(skmResponses.unitId, skmResponses.state);
}

/** Counts the respondents of an office by what they say about themselves. */
export async function skmRespondents(on: Database | Tx, unitId: string, period: Period): Promise<SkmRespondents> {
	const facts = SKM_FACT_NAMES.map((fact) => sql`(${fact}, coalesce(${skmResponses[fact]}, ''))`);
	const rows = await rowsOf<{ fact: SkmFact; value: string; n: number }>(
		on,
		sql`select facts.fact, facts.value, count(*)::int as n
			from ${skmResponses} cross join lateral (values ${sql.join(facts, sql`, `)}) as facts (fact, value)
			where ${skmResponses.state} = 'counted' and ${within([unitId], period)}
			group by 1, 2`
	);
	const counts: FactCounts = byFact(() => ({}));
	for (const { fact, value, n } of rows) counts[fact][value] = n;
	return respondentsOf(counts);
}
