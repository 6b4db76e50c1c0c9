import { and, eq, gt, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

type CaseRow = typeof cases.$inferSelect;

/** Whether the case names the actor's own officer. Such a case does not exist for the actor. */
export function namesAsker(actor: Actor): SQL | undefined {
	if (!actor.officerId) return undefined;
	// A subquery that the planner runs once for all cases, whatever its estimate.
	return sql`${cases.id} in (select ${caseOfficers.caseId} from ${caseOfficers}
		where ${caseOfficers.officerId} = ${actor.officerId} and ${caseOfficers.state} <> 'cleared')`;
}

/**
 * Condition for the cases an actor may see. Every query that returns cases contains it. Handlers and supervisors see the
 * cases handled in their units and below. Only supervisors of the handling unit or above see restricted ones. Nobody sees
 * a case that names them.
 */
export function visibleTo(actor: Actor): SQL {
	const supervised = [...actor.units.supervisor];
	const handled = [...new Set([...actor.units.handler, ...supervised])];
	if (handled.length === 0) return sql`false`;
	// A separate condition on the units, so that an index that begins with them is used.
	const units = inArray(cases.handlingUnitId, handled);
	const all = handled.length === supervised.length;
	const plain = eq(cases.restricted, false);
	const open = supervised.length > 0 ? or(plain, inArray(cases.handlingUnitId, supervised)) : plain;
	const named = namesAsker(actor);
	return and(units, all ? undefined : open, named ? not(named) : undefined) ?? sql`false`;
}

/**
 * Condition for cases whose number is hidden from administrators, who manage lists of the installation without seeing cases:
 * those that name them, and restricted ones that they do not supervise.
 */
export function keptFrom(actor: Actor): SQL {
	const { supervisor } = actor.units;
	const theirs = supervisor.length > 0 ? inArray(cases.handlingUnitId, [...supervisor]) : sql`false`;
	return or(and(eq(cases.restricted, true), not(theirs)), namesAsker(actor)) ?? sql`false`;
}

const OPENER_MS = 24 * 60 * 60 * 1000;

/**
 * Condition for reports that the actor's account opened in its units less than a day ago. Another system sends files after
 * the report, even if its account may not see the report (an integrity matter, an account without a case role).
 */
export function openedLately(actor: Actor): SQL {
	if (!actor.accountId) return sql`false`;
	const units = [...new Set(Object.values(actor.units).flat())];
	const named = namesAsker(actor);
	const since = new Date(now().getTime() - OPENER_MS);
	return (
		and(
			eq(cases.openedBy, actor.accountId),
			gt(cases.openedAt, since),
			inArray(cases.unitId, units),
			named ? not(named) : undefined
		) ?? sql`false`
	);
}

/** Throws NotAllowed unless the actor supervises the case's handling unit. */
export function requireSupervisor(actor: Actor, row: Pick<CaseRow, 'handlingUnitId'>): void {
	if (!actor.units.supervisor.includes(row.handlingUnitId)) throw new NotAllowed('supervisor');
}
