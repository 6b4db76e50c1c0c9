import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import type { Category } from '#lib/cases/vocabulary.ts';
import { officersIn } from '#lib/cases/named-officers.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import type { UnitRow } from '../find.ts';

/** Why a case names an officer. */
export interface NamedOfficer {
	officerId: string;
	source: 'officer' | 'place' | 'text' | 'staff';
	state: 'named' | 'proposed';
}

/** Who may work on a case: the unit whose people see it, and whether only its supervisors see it. */
export interface Handling {
	unitId: string;
	restricted: boolean;
}

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
	for (const officer of officersIn(given.text, staff)) {
		found.set(officer.id, { officerId: officer.id, source: 'text', state: 'proposed' });
	}
	if (given.placeOfficerId) {
		found.set(given.placeOfficerId, { officerId: given.placeOfficerId, source: 'place', state: 'named' });
	}
	if (given.officerId) found.set(given.officerId, { officerId: given.officerId, source: 'officer', state: 'named' });
	return [...found.values()];
}

/** Whether people work at the unit itself, and all of them are named by the case. */
async function nobodyLeft(tx: Tx, unitId: string, named: readonly string[]): Promise<boolean> {
	if (named.length === 0) return false;
	const working = and(
		eq(roles.unitId, unitId),
		inArray(roles.role, ['handler', 'supervisor']),
		eq(accounts.active, true)
	);
	const count = sql<number>`count(distinct ${accounts.id})::int`;
	const staff = tx.select({ count }).from(roles).innerJoin(accounts, eq(accounts.id, roles.accountId));
	const [all] = await staff.where(working);
	if (!all || all.count === 0) return false;
	const [free] = await tx
		.select({ count })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				working,
				notExists(
					tx
						.select({ one: sql`1` })
						.from(officers)
						.where(and(eq(officers.accountId, accounts.id), inArray(officers.id, [...named])))
				)
			)
		);
	return free?.count === 0;
}

/**
 * Decides which unit handles a case of `unit`. Integrity matters and matters of the head go to the parent's supervisors; if
 * everybody at the unit is named, the case goes to the parent. At the root such cases stay, restricted to supervisors; a named
 * supervisor does not see them.
 */
export async function handlingOf(
	tx: Tx,
	unit: UnitRow,
	category: Category | null,
	named: readonly string[]
): Promise<Handling> {
	const above = unit.parentId ?? unit.id;
	const aboutHead = unit.headOfficerId !== null && named.includes(unit.headOfficerId);
	if (category === 'integrity' || aboutHead) return { unitId: above, restricted: true };
	if (await nobodyLeft(tx, unit.id, named)) return { unitId: above, restricted: unit.parentId === null };
	return { unitId: unit.id, restricted: false };
}

/** Stores the named officers of a new case. */
export async function nameOfficers(tx: Tx, caseId: number, named: readonly NamedOfficer[]): Promise<void> {
	if (named.length === 0) return;
	await tx
		.insert(caseOfficers)
		.values(named.map((officer) => ({ caseId, ...officer })))
		.onConflictDoNothing();
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
