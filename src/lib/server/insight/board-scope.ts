import { and, eq, inArray, ne, or, type SQL } from 'drizzle-orm';
import { cases } from '#lib/server/db/schema/cases.ts';
import { NotFound } from '#lib/server/errors.ts';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import { unitNamed, unitsWithin, type ManagedUnit, type UnitScope } from '#lib/server/ratings/access.ts';

/** Roles that see a unit's board. Handlers and supervisors see figures of reports that they may open anyway. */
const READERS = ['handler', 'supervisor', 'manager'] as const;

/** The units whose board the actor may see, ordered by code. */
export const boardUnits = ({ units }: Actor): Promise<ManagedUnit[]> =>
	unitsWithin([...new Set(READERS.flatMap((role) => units[role]))]);

/** The unit with that code or slug. @throws NotFound also if the actor may not see its board */
export async function boardUnit(actor: Actor, name: string): Promise<ManagedUnit> {
	const unit = await unitNamed(name);
	if (!unit || !holds(actor, unit.id, ...READERS)) throw new NotFound(name);
	return unit;
}

/** The units of boards, for the filter of these pages. */
export const BOARD_ACCESS = { all: boardUnits, one: boardUnit };

const unrestricted = eq(cases.restricted, false);
const restricted = eq(cases.restricted, true);

/** Whether the actor may open reports of the unit. Figures then count exactly the reports that the actor may open. */
export const hasCaseAccess = (actor: Actor, unitId: string): boolean => holds(actor, unitId, 'handler', 'supervisor');

/**
 * Condition for the reports that count on a unit's board for the actor (docs/decisions/0032). For people who may open
 * reports, the reports that they may see count (`visibleTo`), so that a figure equals the list behind it. For managers, who
 * open none, the reports count that every handler of the unit sees. A figure must not reveal restricted reports to their own
 * office. So they count only on the board of the office above that handles them, if it includes all its offices. Restricted
 * reports of a root count only for its supervisors. Reports that name the actor are excluded separately (`own` in
 * `measures.ts`).
 */
export function countedFor(actor: Actor, unit: ManagedUnit, scope: UnitScope): SQL | undefined {
	const { handler, supervisor, manager } = actor.units;
	const isHandledBy = (ids: Iterable<string>) => inArray(cases.handlingUnitId, [...ids]);
	if (hasCaseAccess(actor, unit.id)) {
		return or(
			and(unrestricted, isHandledBy(new Set([...handler, ...supervisor]))),
			supervisor.length > 0 ? and(restricted, isHandledBy(supervisor)) : undefined
		);
	}
	const ofUnitsBelow = and(restricted, isHandledBy(manager), ne(cases.unitId, cases.handlingUnitId));
	return or(and(unrestricted, isHandledBy(manager)), scope === 'tree' ? ofUnitsBelow : undefined);
}

/** Condition for public figures: unrestricted reports that the unit itself handles. */
export const countedForAll = and(unrestricted, eq(cases.handlingUnitId, cases.unitId));
