import { and, eq, gt, inArray, not, notInArray, or, sql, type Column, type SQL } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago } from '#lib/server/clock.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import { caseRoleUnits, officerIsNamed, recordsOf, type Actor } from '#lib/server/people/actor.ts';

/** Condition for cases that name an officer record of the actor. They are hidden from the actor. */
function namesActor(actor: Actor, id: Column = cases.id): SQL {
	if (!actor.officerId) return sql`false`;
	// A subquery with `in` is run once for all cases, whatever the planner estimates.
	return sql`${id} in (select ${caseOfficers.caseId} from ${caseOfficers}
		where ${caseOfficers.officerId} in ${recordsOf(actor.officerId)} and ${officerIsNamed})`;
}

/** Condition for cases that do not name the actor's own officer. Undefined if the actor is not an officer. */
export function notNaming(actor: Actor): SQL | undefined {
	return actor.officerId ? not(namesActor(actor)) : undefined;
}

/** Condition for rows of another table that belong to no case, or to one that does not name the actor's own officer. */
export const belongsToNoCaseNaming = (actor: Actor, caseId: Column): SQL =>
	sql`(${caseId} is null or not ${namesActor(actor, caseId)})`;

/**
 * Condition for the cases that an actor may see. Every query that returns cases to staff contains it. Handlers and
 * supervisors see the cases handled in their units and below. Only supervisors of the handling unit or above see
 * restricted cases. Nobody sees a case that names them.
 */
export function visibleTo(actor: Actor): SQL {
	const supervised = [...actor.units.supervisor];
	const handled = caseRoleUnits(actor);
	if (handled.length === 0) return sql`false`;
	// A separate condition on the units, so that an index that begins with them is used.
	const units = inArray(cases.handlingUnitId, handled);
	const all = handled.length === supervised.length;
	const plain = eq(cases.restricted, false);
	const open = supervised.length > 0 ? or(plain, inArray(cases.handlingUnitId, supervised)) : plain;
	return and(units, all ? undefined : open, notNaming(actor)) ?? sql`false`;
}

/**
 * Condition for cases that are hidden from a person even where access does not depend on the office, for example in the
 * outbox: cases that name the person, and restricted cases of units that the person does not supervise.
 */
export function hiddenFrom(actor: Actor): SQL {
	const others = notInArray(cases.handlingUnitId, [...actor.units.supervisor]);
	return or(and(eq(cases.restricted, true), others), namesActor(actor)) ?? sql`false`;
}

/**
 * Condition for cases that the actor's account opened in its units less than a day ago. It lets another
 * system add files to its report, even if its account may not see that case: because it is an integrity case, or
 * because the account has no case role.
 */
function openedRecently(actor: Actor): SQL {
	if (!actor.accountId) return sql`false`;
	const units = [...new Set(Object.values(actor.units).flat())];
	const recently = gt(cases.openedAt, ago(DAY_MS));
	const openedByActor = eq(cases.openedBy, actor.accountId);
	return and(openedByActor, recently, inArray(cases.unitId, units), notNaming(actor)) ?? sql`false`;
}

/** Whether the actor may read cases as far as its roles allow: an API token only with a scope that shows them. */
export const mayReadCases = ({ scopes }: Actor): boolean =>
	scopes === null || scopes.includes('cases:read') || scopes.includes('cases:handle');

/** Condition for the cases to which the actor may add files. */
export const mayAttachTo = (actor: Actor): SQL | undefined =>
	mayReadCases(actor) ? or(visibleTo(actor), openedRecently(actor)) : openedRecently(actor);

/**
 * Content of the tracking cookie: the case, and the hash of its receipt, so that a renewed receipt invalidates the
 * cookie.
 */
export interface TrackedCase {
	caseId: number;
	receiptHash: string;
	[key: string]: unknown;
}

/** Condition for the case of a reporter, with a receipt that is still valid. */
export function ofReporter({ caseId, receiptHash }: TrackedCase): SQL | undefined {
	return and(eq(cases.id, caseId), eq(cases.receiptHash, receiptHash));
}

/**
 * Requires that the actor supervises the case's handling unit.
 * @returns the author of the step: the actor as supervisor
 * @throws NotAllowed
 */
export function requireSupervisor(actor: Actor, row: { handlingUnitId: string }): Actor {
	if (!actor.units.supervisor.includes(row.handlingUnitId)) throw new NotAllowed('supervisor');
	return { ...actor, supervises: true };
}

/** Whether processing is restricted at the reporter's request, for lists whose files leave out the reporter's text. */
export const isProcessingRestricted = sql<boolean>`${cases.processingRestrictedAt} is not null`;

/**
 * A column of the reporter's text for exports. It is left out while processing is restricted at the reporter's request.
 */
export const unlessProcessingRestricted = (column: Column | SQL) =>
	sql<string | null>`case when ${cases.processingRestrictedAt} is null then ${column} end`;
