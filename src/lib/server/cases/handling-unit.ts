import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Category } from '#lib/cases/vocabulary.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import { isInTrial } from '#lib/server/people/units/trial.ts';
import type { CaseRow, CaseWithUnit, UnitRow } from './find.ts';
import { workersFor } from './case-staff.ts';

/**
 * Decides which unit handles a case of `unit`, and whether only its supervisors see it. Integrity cases and cases that
 * name the head go to the parent's supervisors. If the case names everybody at the unit, it goes to the parent. At the
 * root such cases stay at the root, restricted to supervisors whom they do not name.
 */
export async function handlingOf(tx: Tx, unit: UnitRow, category: Category | null, named: readonly string[]) {
	// A trial's report stays in its office.
	const above = (isInTrial(unit) ? null : unit.parentId) ?? unit.id;
	const aboutHead = unit.headOfficerId !== null && named.includes(unit.headOfficerId);
	if (category === 'integrity' || aboutHead) return { handlingUnitId: above, restricted: true };
	if (await everybodyNamed(tx, unit.id, named)) return { handlingUnitId: above, restricted: above === unit.id };
	return { handlingUnitId: unit.id, restricted: false };
}

/** Whether the unit has handlers or supervisors and the case names all of them. */
async function everybodyNamed(tx: Tx, unitId: string, named: readonly string[]): Promise<boolean> {
	if (named.length === 0) return false;
	const people = await tx
		.select({ isNamed: sql<boolean>`coalesce(bool_or(${inArray(officers.id, [...named])}), false)` })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(and(eq(roles.unitId, unitId), inArray(roles.role, [...CASE_ROLES]), eq(accounts.active, true)))
		.groupBy(accounts.id);
	return people.length > 0 && people.every(({ isNamed }) => isNamed);
}

/**
 * The new handling unit and assignee. A restricted case stays restricted. An assignee who may no longer see the case
 * loses it.
 */
export async function handlingAfter(tx: Tx, { row, unit }: CaseWithUnit): Promise<Partial<CaseRow>> {
	const handling = row.restricted ? {} : await handlingOf(tx, unit, row.category, await namedOfficerIds(tx, row.id));
	const workers = await workersFor(tx, { ...row, ...handling });
	const staysAssigned = workers.some((person) => person.id === row.assigneeId);
	return { ...handling, assigneeId: staysAssigned ? row.assigneeId : null };
}

/** Ids of the officers whom a case names, without proposed ones. */
export async function namedOfficerIds(tx: Tx, caseId: number): Promise<string[]> {
	const named = await tx
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, caseId), eq(caseOfficers.state, 'named')));
	return named.map(({ id }) => id);
}
