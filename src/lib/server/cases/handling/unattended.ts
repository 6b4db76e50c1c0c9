import { and, eq, inArray, notExists, or, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { officerIsNamed, type Actor } from '#lib/server/people/actor.ts';
import { unitTree } from '#lib/server/people/units/find-unit.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import { chainOf } from '#lib/server/reference/reference.ts';
import type { CaseRow } from '../find.ts';
import { hasOpenStatus } from '../inbox/filter.ts';
import { workersFor } from '../case-staff.ts';
import { notNaming } from '../visibility.ts';

/** Whether nobody may work on a case, because everybody with a role for it is named in it or is switched off. */
export async function isUnattended(on: Database | Tx, row: CaseRow): Promise<boolean> {
	return (await workersFor(on, row)).length === 0;
}

/**
 * Subquery: people who may work on a case of the outer query. The same rule as `workersFor`: an active account with a role
 * in the unit or above that the case does not name; only supervisors if the case is restricted.
 */
function worker(on: Database | Tx) {
	const path = on.select({ path: units.path }).from(units).where(eq(units.id, cases.handlingUnitId));
	const ofCase = and(eq(caseOfficers.caseId, cases.id), officerIsNamed);
	const named = on
		.select({ one: sql`1` })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(and(ofCase, eq(officers.accountId, accounts.id)));
	const mayWork = or(eq(roles.role, 'supervisor'), and(eq(roles.role, 'handler'), eq(cases.restricted, false)));
	const over = sql`(${path}) like '%/' || ${roles.unitId}::text || '/%'`;
	return on
		.select({ one: sql`1` })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(eq(accounts.active, true), mayWork, over, notExists(named)));
}

/**
 * Units in which a case can end up unattended. A unit is safe if it, or a unit above, has a supervisor who is not an
 * officer, because only officers are named. Most units are safe, and then no case is checked.
 */
async function unitsAtRisk(on: Database | Tx): Promise<string[]> {
	const people = await on
		.selectDistinct({ unitId: roles.unitId, officer: officers.id })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(and(eq(accounts.active, true), eq(roles.role, 'supervisor')));
	const safe = new Set(people.flatMap(({ unitId, officer }) => (officer === null ? [unitId] : [])));
	return (await unitTree()).filter((unit) => !chainOf(unit).some((id) => safe.has(id))).map(({ id }) => id);
}

const isReal = and(hasOpenStatus, notInTrial(cases.unitId));

/** Open cases that nobody may work on, longest waiting first, at most `limit`. */
export async function unattendedCases(on: Database | Tx, limit: number): Promise<{ id: number }[]> {
	const atRisk = await unitsAtRisk(on);
	if (atRisk.length === 0) return [];
	return on
		.select({ id: cases.id })
		.from(cases)
		.where(and(isReal, inArray(cases.handlingUnitId, atRisk), notExists(worker(on))))
		.orderBy(cases.id)
		.limit(limit);
}

/**
 * Counts the unattended cases in units that the actor administers, without cases that name the actor. Returns only a
 * number, because administrators read no cases.
 */
export async function countUnattended(on: Database | Tx, actor: Actor): Promise<number> {
	const atRisk = await unitsAtRisk(on);
	const administered = actor.units.admin.filter((id) => atRisk.includes(id));
	if (administered.length === 0) return 0;
	const theirs = inArray(cases.handlingUnitId, administered);
	return on.$count(cases, and(isReal, theirs, notExists(worker(on)), notNaming(actor)));
}
