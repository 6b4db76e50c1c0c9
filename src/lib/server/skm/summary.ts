import { asc, inArray } from 'drizzle-orm';
import { emptyTally, figuresOf, tallyTogether, type SkmFigures } from '#lib/skm/figures.ts';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { managedUnit, unitIdsOf, type UnitScope } from '#lib/server/ratings/managed-unit.ts';
import { skmUnits } from './office.ts';
import { skmTallies, type SkmFilter } from './tally.ts';

export interface SkmSummaryQuery extends SkmFilter {
	/** Code or slug. */
	unit: string;
	scope?: UnitScope;
}

export interface SkmSummary {
	/** Every unit of the scope that runs the survey or has answers in the period, by code. */
	offices: { unit: { code: string; slug: string; name: string }; active: boolean; figures: SkmFigures }[];
	/** Figures of all their forms together. */
	together: SkmFigures;
}

/**
 * Computes the survey's figures of a unit, and with scope `tree` of each unit below it that runs the survey.
 *
 * @throws NotFound and NotAllowed as `managedUnit`
 */
export async function skmSummary(actor: Actor, query: SkmSummaryQuery): Promise<SkmSummary> {
	const unitIds = await unitIdsOf(await managedUnit(actor, query.unit), query.scope ?? 'own');
	const [rows, run, tallies] = await Promise.all([
		db()
			.select({ id: units.id, code: units.code, slug: units.slug, name: units.name })
			.from(units)
			.where(inArray(units.id, unitIds))
			.orderBy(asc(units.code)),
		skmUnits(unitIds),
		skmTallies(db(), unitIds, query)
	]);
	const offices = rows.flatMap(({ id, ...unit }) => {
		const tally = tallies.get(id);
		const active = run.get(id)?.active ?? false;
		return active || tally ? [{ unit, active, figures: figuresOf(tally ?? emptyTally()) }] : [];
	});
	return { offices, together: figuresOf([...tallies.values()].reduce(tallyTogether, emptyTally())) };
}
