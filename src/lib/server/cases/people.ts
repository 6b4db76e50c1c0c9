import { and, eq, inArray, isNotNull, ne, notInArray, sql } from 'drizzle-orm';
import type { Role } from '../../cases/vocabulary.ts';
import type { Database, Tx } from '../db/index.ts';
import { caseOfficers, timeline } from '../db/schema/cases.ts';
import { accounts } from '../db/schema/accounts.ts';
import { roles } from '../db/schema/people.ts';
import { officers, units } from '../db/schema/units.ts';
import { absentToday } from '../people/absence.ts';
import type { CaseRow } from './find.ts';

export interface Person {
	id: string;
	name: string;
	username: string;
	/** The unit whose role the person holds: the handling unit itself or an ancestor. */
	unitId: string;
}

/** The roles that may work on a case. */
export function workersOf(restricted: boolean): readonly Role[] {
	return restricted ? ['supervisor'] : ['handler', 'supervisor'];
}

/** Ids of the handling unit and its ancestors, nearest first. */
async function chainOf(on: Database | Tx, unitId: string): Promise<string[]> {
	const [unit] = await on.select({ path: units.path }).from(units).where(eq(units.id, unitId));
	return (unit?.path ?? '').split('/').filter(Boolean).reverse();
}

/** The accounts of the officers whom a case names, as a part of another query. */
export function accountsNamedBy(on: Database | Tx, caseId: number) {
	return on
		.select({ id: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(and(eq(caseOfficers.caseId, caseId), ne(caseOfficers.state, 'cleared'), isNotNull(officers.accountId)));
}

/** Active accounts with one of `wanted` over the case's handling unit that the case does not name, nearest unit first. */
export async function peopleFor(
	on: Database | Tx,
	row: Pick<CaseRow, 'id' | 'handlingUnitId'>,
	wanted: readonly Role[]
): Promise<Person[]> {
	const chain = await chainOf(on, row.handlingUnitId);
	const found = await on
		.selectDistinct({ id: accounts.id, name: accounts.name, username: accounts.username, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				inArray(roles.unitId, chain),
				inArray(roles.role, [...wanted]),
				eq(accounts.active, true),
				notInArray(accounts.id, accountsNamedBy(on, row.id))
			)
		);
	return found.sort((a, b) => chain.indexOf(a.unitId) - chain.indexOf(b.unitId) || a.name.localeCompare(b.name));
}

/** Those among `people` who are not marked absent today in `zone`. */
export async function present(on: Database | Tx, people: readonly Person[], zone: string): Promise<Person[]> {
	const ids = people.map((person) => person.id);
	const away = await absentToday(on, ids, zone);
	return people.filter((person) => !away.has(person.id));
}

/** Everybody who wrote a version of this draft: none of them is its second person. */
async function writersOf(on: Database | Tx, caseId: number, approvalId: string): Promise<Set<string>> {
	const rows = await on
		.select({ id: timeline.actorId })
		.from(timeline)
		.where(
			and(
				eq(timeline.caseId, caseId),
				inArray(timeline.type, ['answer_drafted', 'archive_drafted']),
				sql`${timeline.data} ->> 'approval' = ${approvalId}`
			)
		);
	return new Set(rows.flatMap((row) => (row.id ? [row.id] : [])));
}

/**
 * Who may be the second person for a draft: supervisors who are free (active, not absent today, not named, not among
 * its writers). Persons count, never roles. `nearest` are those of the closest unit that has one, who decide in the
 * first working day; `all` reaches up to the root.
 */
export async function secondPersons(
	on: Database | Tx,
	row: CaseRow,
	zone: string,
	draft: { approvalId: string | null; authors: readonly (string | null)[] }
): Promise<{ nearest: Person[]; all: Person[] }> {
	const writers = draft.approvalId ? await writersOf(on, row.id, draft.approvalId) : new Set<string>();
	for (const author of draft.authors) if (author) writers.add(author);
	const supervisors = await present(on, await peopleFor(on, row, ['supervisor']), zone);
	const all = supervisors.filter((person) => !writers.has(person.id));
	const nearestUnit = all[0]?.unitId;
	return { nearest: all.filter((person) => person.unitId === nearestUnit), all };
}
