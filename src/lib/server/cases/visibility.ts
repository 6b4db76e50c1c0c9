import { and, eq, gt, inArray, not, notInArray, or, sql, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';

/** Whether the case names the actor's own officer. Such a case does not exist for the actor. */
function namesActor(actor: Actor): SQL {
	if (!actor.officerId) return sql`false`;
	// A subquery that the planner runs once for all cases, whatever its estimate.
	return sql`${cases.id} in (select ${caseOfficers.caseId} from ${caseOfficers}
		where ${caseOfficers.officerId} = ${actor.officerId} and ${caseOfficers.state} <> 'cleared')`;
}

/** Condition for cases that do not name the actor's own officer; undefined for an actor who is no officer. */
export function notNaming(actor: Actor): SQL | undefined {
	return actor.officerId ? not(namesActor(actor)) : undefined;
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
	return and(units, all ? undefined : open, notNaming(actor)) ?? sql`false`;
}

/**
 * Condition for cases whose number is hidden from administrators, who manage lists of the installation without seeing cases:
 * those that name them, and restricted ones that they do not supervise.
 */
export function keptFrom(actor: Actor): SQL {
	const others = notInArray(cases.handlingUnitId, [...actor.units.supervisor]);
	return or(and(eq(cases.restricted, true), others), namesActor(actor)) ?? sql`false`;
}

const OPENER_MS = DAY_MS;

/**
 * Condition for reports that the actor's account opened in its units less than a day ago. Another system sends files after
 * the report, even if its account may not see the report (an integrity matter, an account without a case role).
 */
export function openedLately(actor: Actor): SQL {
	if (!actor.accountId) return sql`false`;
	const units = [...new Set(Object.values(actor.units).flat())];
	const lately = gt(cases.openedAt, new Date(now().getTime() - OPENER_MS));
	const own = eq(cases.openedBy, actor.accountId);
	return and(own, lately, inArray(cases.unitId, units), notNaming(actor)) ?? sql`false`;
}

/** Content of the tracking cookie: the open case and a hash of its receipt, so that a renewed receipt closes it. */
export interface TrackedCase {
	caseId: number;
	receiptHash: string;
	[key: string]: unknown;
}

/** Condition for the case that its reporter has open. */
export function ofReporter({ caseId, receiptHash }: TrackedCase): SQL | undefined {
	return and(eq(cases.id, caseId), eq(cases.receiptHash, receiptHash));
}

/** Throws NotAllowed unless the actor supervises the case's handling unit. */
export function requireSupervisor(actor: Actor, row: { handlingUnitId: string }): void {
	if (!actor.units.supervisor.includes(row.handlingUnitId)) throw new NotAllowed('supervisor');
}
