import { and, eq, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { holds, type Actor } from '#lib/server/people/actor.ts';
import type { ManagedUnit, UnitScope } from '#lib/server/ratings/managed-unit.ts';

/** Columns that decide who may count a report; sums, their changes and reports all have them. */
export interface Handled {
	unitId: PgColumn;
	handlingUnitId: PgColumn;
	restricted: PgColumn;
}

/** Condition for the reports a board counts, for any table with these columns. */
export type Counted = (of: Handled) => SQL | undefined;

/** Whether the actor opens reports of the unit; figures then count exactly those they may open. */
export const opensCases = (actor: Actor, unitId: string): boolean => holds(actor, unitId, 'handler', 'supervisor');

/**
 * Condition for the reports that count on a unit's board for the actor (docs/decisions/0020). People who open reports count those
 * they may see (`visibleTo`), so a figure agrees with the list behind it. Managers, who open none, count those that every handler
 * of the unit sees. The number of restricted reports must not reveal them to their office, so they count only on the board of the
 * office above that handles them, with all its offices; those of a root only for its supervisors. Reports that name the actor are
 * subtracted separately (`ownOf` in `case-sums.ts`).
 */
export function countedFor(actor: Actor, unit: ManagedUnit, scope: UnitScope): Counted {
	const { handler, supervisor, manager } = actor.units;
	if (opensCases(actor, unit.id)) {
		return (of) =>
			or(
				and(eq(of.restricted, false), inArray(of.handlingUnitId, [...new Set([...handler, ...supervisor])])),
				supervisor.length > 0 ? and(eq(of.restricted, true), inArray(of.handlingUnitId, [...supervisor])) : undefined
			);
	}
	return (of) =>
		or(
			and(eq(of.restricted, false), inArray(of.handlingUnitId, [...manager])),
			scope === 'tree'
				? and(eq(of.restricted, true), inArray(of.handlingUnitId, [...manager]), ne(of.unitId, of.handlingUnitId))
				: undefined
		);
}

/** Condition for public figures: unrestricted reports that the unit itself handles. */
export const countedForAll: Counted = (of) => and(eq(of.restricted, false), sql`${of.handlingUnitId} = ${of.unitId}`);
