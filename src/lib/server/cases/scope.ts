import { and, eq, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import { caseOfficers, cases } from '../db/schema/cases.ts';
import { NotAllowed } from '../errors.ts';
import type { Actor } from '../people/actor.ts';

type CaseRow = typeof cases.$inferSelect;

/** Whether the asker's own officer is among those the case names: then it is not there for them. */
function namesAsker(actor: Actor): SQL | undefined {
	if (!actor.officerId) return undefined;
	return sql`exists (select 1 from ${caseOfficers} where ${caseOfficers.caseId} = ${cases.id}
		and ${caseOfficers.officerId} = ${actor.officerId} and ${caseOfficers.state} <> 'cleared')`;
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
	const plain = and(eq(cases.restricted, false), inArray(cases.handlingUnitId, handled));
	const restricted =
		supervised.length > 0 ? and(eq(cases.restricted, true), inArray(cases.handlingUnitId, supervised)) : undefined;
	const named = namesAsker(actor);
	return and(or(plain, restricted), named ? not(named) : undefined) ?? sql`false`;
}

/** Refuses the verb to somebody who sees the case but holds no supervisor role over it. */
export function requireSupervisor(actor: Actor, row: Pick<CaseRow, 'handlingUnitId'>): void {
	if (!actor.units.supervisor.includes(row.handlingUnitId)) throw new NotAllowed('supervisor');
}
