import { and, eq, inArray, ne, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { holds, type Actor } from '../people/actor.ts';
import type { ManagedUnit, UnitScope } from '../ratings/managed-unit.ts';

/** What of a report decides who may count it: the same columns of the sums, of their changes and of the reports. */
export interface Handled {
	unitId: PgColumn;
	handlingUnitId: PgColumn;
	restricted: PgColumn;
}

/** Whose figures a board shows, as a condition on whichever table holds them. */
export type Counted = (of: Handled) => SQL | undefined;

/** Whether the actor opens reports of the unit: then a figure counts exactly those they may open. */
export const opensCases = (actor: Actor, unitId: string): boolean => holds(actor, unitId, 'handler', 'supervisor');

/**
 * Which reports count on a unit's board for the actor (docs/decisions/0020). For those who open reports: those they see
 * (`visibleTo`), so that a figure and the list behind it agree. For managers, who open none: those that any handler of the
 * unit sees. Restricted reports would tell by their mere number what their office must not learn: they count on the board
 * of the office above that handles them, with all its offices, and nowhere below; a root's own only for its supervisors.
 * What names the actor's own person is taken away apart (`ownCounts`).
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

/** What everybody may know of a unit: its reports that its own people handle, all of them see, and nothing else. */
export const countedForAll: Counted = (of) => and(eq(of.restricted, false), sql`${of.handlingUnitId} = ${of.unitId}`);
