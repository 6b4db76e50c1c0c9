import { and, eq, inArray, ne, or, type SQL } from 'drizzle-orm';
import { cases } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { unitNamed, unitsWithin, type ManagedUnit, type UnitScope } from '#lib/server/ratings/access.ts';

/** People who handle reports see their figures too: counts of what they may open anyway. */
const READERS = ['handler', 'supervisor', 'manager'] as const;

/** Every unit whose board the actor reads, by code. */
export const boardUnits = ({ units }: Actor): Promise<ManagedUnit[]> =>
	unitsWithin([...new Set(READERS.flatMap((role) => units[role]))]);

/** The unit of that code or slug, for somebody who reads its board. @throws NotFound */
export async function boardUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const unit = await unitNamed(name);
	if (!unit || !holds(actor, unit.id, ...READERS)) throw new NotFound(name);
	return unit;
}

const open = eq(cases.restricted, false);
const restricted = eq(cases.restricted, true);

/** Whether the actor opens reports of the unit; figures then count exactly those they may open. */
export const opensCases = (actor: Actor, unitId: string): boolean => holds(actor, unitId, 'handler', 'supervisor');

/**
 * Condition for the reports that count on a unit's board for the actor (docs/decisions/0032). People who open reports count those
 * they may see (`visibleTo`), so a figure agrees with the list behind it. Managers, who open none, count those that every handler
 * of the unit sees. The number of restricted reports must not reveal them to their office, so they count only on the board of the
 * office above that handles them, with all its offices; those of a root only for its supervisors. Reports that name the actor are
 * left out separately (`own` in `measures.ts`).
 */
export function countedFor(actor: Actor, unit: ManagedUnit, scope: UnitScope): SQL | undefined {
	const { handler, supervisor, manager } = actor.units;
	const handledBy = (ids: Iterable<string>) => inArray(cases.handlingUnitId, [...ids]);
	if (opensCases(actor, unit.id)) {
		return or(
			and(open, handledBy(new Set([...handler, ...supervisor]))),
			supervisor.length > 0 ? and(restricted, handledBy(supervisor)) : undefined
		);
	}
	const ofUnitsBelow = and(restricted, handledBy(manager), ne(cases.unitId, cases.handlingUnitId));
	return or(and(open, handledBy(manager)), scope === 'tree' ? ofUnitsBelow : undefined);
}

/** Condition for public figures: unrestricted reports that the unit itself handles. */
export const countedForAll = and(open, eq(cases.handlingUnitId, cases.unitId));
