import { and, eq, gt, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import { now } from '../clock.ts';
import { caseOfficers, cases } from '../db/schema/cases.ts';
import { NotAllowed } from '../errors.ts';
import type { Actor } from '../people/actor.ts';

type CaseRow = typeof cases.$inferSelect;

/** Whether the asker's own officer is among those the case names: then it is not there for them. */
export function namesAsker(actor: Actor): SQL | undefined {
	if (!actor.officerId) return undefined;
	// Read once for all cases, however many the database thinks there are.
	return sql`${cases.id} in (select ${caseOfficers.caseId} from ${caseOfficers}
		where ${caseOfficers.officerId} = ${actor.officerId} and ${caseOfficers.state} <> 'cleared')`;
}

/**
 * The cases an actor may see at all; every query that returns cases carries it. Handlers and supervisors see the cases
 * handled in their units and below; restricted ones only supervisors of the handling unit or above; nobody sees a case
 * that names them (product.md, "Fairness inside a small office").
 */
export function visibleTo(actor: Actor): SQL {
	const supervised = [...actor.units.supervisor];
	const handled = [...new Set([...actor.units.handler, ...supervised])];
	if (handled.length === 0) return sql`false`;
	// The units stand alone, so that an index that begins with them is of use.
	const units = inArray(cases.handlingUnitId, handled);
	const all = handled.length === supervised.length;
	const plain = eq(cases.restricted, false);
	const open = supervised.length > 0 ? or(plain, inArray(cases.handlingUnitId, supervised)) : plain;
	const named = namesAsker(actor);
	return and(units, all ? undefined : open, named ? not(named) : undefined) ?? sql`false`;
}

/**
 * Cases whose very number is kept from somebody who keeps an installation's lists without seeing cases: those that name
 * them, and restricted ones that are not theirs to supervise.
 */
export function keptFrom(actor: Actor): SQL {
	const { supervisor } = actor.units;
	const theirs = supervisor.length > 0 ? inArray(cases.handlingUnitId, [...supervisor]) : sql`false`;
	return or(and(eq(cases.restricted, true), not(theirs)), namesAsker(actor)) ?? sql`false`;
}

const OPENER_MS = 24 * 60 * 60 * 1000;

/**
 * Reports that the actor's account took in less than a day ago, in its units: another system sends their files after
 * them, also where those who took them in never see them (a matter of integrity, an account without a desk).
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

/** Refuses the verb to somebody who sees the case but holds no supervisor role over it. */
export function requireSupervisor(actor: Actor, row: Pick<CaseRow, 'handlingUnitId'>): void {
	if (!actor.units.supervisor.includes(row.handlingUnitId)) throw new NotAllowed('supervisor');
}
