import { and, eq, inArray } from 'drizzle-orm';
import type { Category } from '#lib/cases/vocabulary.ts';
import { officersIn } from '#lib/cases/named-officers.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import type { UnitRow } from '../find.ts';

/** Why a case names an officer. */
export type NamedOfficer = Pick<typeof caseOfficers.$inferSelect, 'officerId' | 'source' | 'state'>;

/** The officers a new case names: the chosen one, the one of its desk, and those whose names are found in its text. */
export async function namedOfficers(
	tx: Tx,
	unit: UnitRow,
	given: { officerId: string | null; placeOfficerId: string | null; text: string }
): Promise<NamedOfficer[]> {
	const staff = await tx
		.select({ id: officers.id, name: officers.name, nicknames: officers.nicknames })
		.from(officers)
		.where(eq(officers.unitId, unit.id));
	const found = new Map<string, NamedOfficer>();
	for (const { id } of officersIn(given.text, staff)) {
		found.set(id, { officerId: id, source: 'text', state: 'proposed' });
	}
	for (const [officerId, source] of [[given.placeOfficerId, 'place'] as const, [given.officerId, 'officer'] as const]) {
		if (officerId) found.set(officerId, { officerId, source, state: 'named' });
	}
	return [...found.values()];
}

/** Whether people work at the unit itself, and all of them are named by the case. */
async function nobodyLeft(tx: Tx, unitId: string, named: readonly string[]): Promise<boolean> {
	if (named.length === 0) return false;
	const people = await tx
		.select({ officerId: officers.id })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(and(eq(roles.unitId, unitId), inArray(roles.role, ['handler', 'supervisor']), eq(accounts.active, true)));
	return people.length > 0 && people.every(({ officerId }) => officerId !== null && named.includes(officerId));
}

/**
 * Decides which unit handles a case of `unit`, and whether only its supervisors see it. Integrity matters and matters of the
 * head go to the parent's supervisors; if everybody at the unit is named, the case goes to the parent. At the root such cases
 * stay, restricted to supervisors; a named supervisor does not see them.
 */
export async function handlingOf(tx: Tx, unit: UnitRow, category: Category | null, named: readonly string[]) {
	const above = unit.parentId ?? unit.id;
	const aboutHead = unit.headOfficerId !== null && named.includes(unit.headOfficerId);
	if (category === 'integrity' || aboutHead) return { handlingUnitId: above, restricted: true };
	if (await nobodyLeft(tx, unit.id, named)) return { handlingUnitId: above, restricted: unit.parentId === null };
	return { handlingUnitId: unit.id, restricted: false };
}

/** Ids of the officers a case names, without those that are only proposed. */
export async function namedIn(tx: Tx, caseId: number): Promise<string[]> {
	const named = await tx
		.select({ id: caseOfficers.officerId })
		.from(caseOfficers)
		.where(and(eq(caseOfficers.caseId, caseId), eq(caseOfficers.state, 'named')));
	return named.map(({ id }) => id);
}

/** Stores the named officers of a new case. */
export async function nameOfficers(tx: Tx, caseId: number, named: readonly NamedOfficer[]): Promise<void> {
	if (named.length === 0) return;
	const values = named.map((officer) => ({ caseId, ...officer }));
	await tx.insert(caseOfficers).values(values).onConflictDoNothing();
}

/** Proposes officers whose names are found in a later text. Decisions that people already made stay. */
export async function proposeOfficers(tx: Tx, row: { id: number }, unit: UnitRow, text: string): Promise<void> {
	await nameOfficers(tx, row.id, await namedOfficers(tx, unit, { officerId: null, placeOfficerId: null, text }));
}

/** Finds the unit's officer that a form or API call names. */
export async function officerOfUnit(tx: Tx, unitId: string, officerId: string) {
	const [officer] = await tx
		.select({ id: officers.id })
		.from(officers)
		.where(and(eq(officers.id, officerId), eq(officers.unitId, unitId), eq(officers.active, true)));
	return officer;
}
