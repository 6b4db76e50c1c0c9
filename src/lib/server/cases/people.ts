import { and, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { caseOfficers, timeline } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { absentToday } from '#lib/server/people/absence.ts';
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

type Handled = Pick<CaseRow, 'id' | 'handlingUnitId'>;

/** Ids of each unit and its ancestors, nearest first. */
async function chainsOf(on: Database | Tx, unitIds: readonly string[]): Promise<Map<string, string[]>> {
	const found = await on
		.select({ id: units.id, path: units.path })
		.from(units)
		.where(inArray(units.id, [...unitIds]));
	return new Map(found.map(({ id, path }) => [id, path.split('/').filter(Boolean).reverse()]));
}

const naming = (caseIds: readonly number[]) =>
	and(inArray(caseOfficers.caseId, [...caseIds]), ne(caseOfficers.state, 'cleared'), isNotNull(officers.accountId));

/** Accounts of the officers whom a case names, as a subquery. */
export function accountsNamedBy(on: Database | Tx, caseId: number) {
	return on
		.select({ id: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(naming([caseId]));
}

async function accountsNamedByEach(
	on: Database | Tx,
	caseIds: readonly number[]
): Promise<Map<number, Set<string | null>>> {
	const found = await on
		.select({ caseId: caseOfficers.caseId, id: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(naming(caseIds));
	return gathered(found.map(({ caseId, id }) => [caseId, id]));
}

function gathered<Key, Value>(pairs: readonly (readonly [Key, Value])[]): Map<Key, Set<Value>> {
	const sets = new Map<Key, Set<Value>>();
	for (const [key, value] of pairs) sets.set(key, (sets.get(key) ?? new Set()).add(value));
	return sets;
}

/** Active accounts with one of `wanted` over the case's handling unit that the case does not name, nearest unit first. */
export async function peopleFor(on: Database | Tx, row: Handled, wanted: readonly Role[]): Promise<Person[]> {
	const [people = []] = await peopleForEach(on, [row], wanted);
	return people;
}

/** The same for many cases with three queries, in the order of `rows`. */
async function peopleForEach(
	on: Database | Tx,
	rows: readonly Handled[],
	wanted: readonly Role[]
): Promise<Person[][]> {
	const chains = await chainsOf(
		on,
		rows.map((row) => row.handlingUnitId)
	);
	const found = await on
		.selectDistinct({ id: accounts.id, name: accounts.name, username: accounts.username, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				inArray(roles.unitId, [...new Set([...chains.values()].flat())]),
				inArray(roles.role, [...wanted]),
				eq(accounts.active, true)
			)
		);
	const named = await accountsNamedByEach(
		on,
		rows.map((row) => row.id)
	);
	return rows.map(({ id, handlingUnitId }) => {
		const chain = chains.get(handlingUnitId) ?? [];
		return found
			.filter((person) => chain.includes(person.unitId) && !named.get(id)?.has(person.id))
			.sort((a, b) => chain.indexOf(a.unitId) - chain.indexOf(b.unitId) || a.name.localeCompare(b.name));
	});
}

/** Those among `people` who are not marked absent today in `zone`. */
export async function present(on: Database | Tx, people: readonly Person[], zone: string): Promise<Person[]> {
	const ids = people.map((person) => person.id);
	const away = await absentToday(on, ids, zone);
	return people.filter((person) => !away.has(person.id));
}

/** The facts of a draft that determine its second person. */
export interface DraftToSign {
	row: Handled;
	/** Time zone of the office the report is about; its today decides who is absent. */
	zone: string;
	/** null: it was not submitted yet. */
	approvalId: string | null;
	authors: readonly (string | null)[];
}

/** Writers of any version of each draft; none of them may be its second person. */
async function writersOf(on: Database | Tx, drafts: readonly DraftToSign[]): Promise<Map<string, Set<string | null>>> {
	const written = drafts.flatMap(({ row, approvalId }) => (approvalId ? [{ caseId: row.id, approvalId }] : []));
	if (written.length === 0) return new Map();
	const approval = sql<string>`${timeline.data} ->> 'approval'`;
	const found = await on
		.select({ approval, id: timeline.actorId })
		.from(timeline)
		.where(
			and(
				inArray(
					timeline.caseId,
					written.map(({ caseId }) => caseId)
				),
				inArray(timeline.type, ['answer_drafted', 'archive_drafted']),
				inArray(
					approval,
					written.map(({ approvalId }) => approvalId)
				)
			)
		);
	return gathered(found.map(({ approval: key, id }) => [key, id]));
}

export interface SecondPersons {
	nearest: Person[];
	all: Person[];
}

/**
 * Who may be the second person for a draft: available supervisors (active, not absent today, not named, not among its
 * writers). Several roles of one person count once. `nearest` are those of the closest unit with one, who decide in the first
 * working day; `all` reaches up to the root.
 */
export async function secondPersons(
	on: Database | Tx,
	row: CaseRow,
	zone: string,
	draft: Pick<DraftToSign, 'approvalId' | 'authors'>
): Promise<SecondPersons> {
	const [persons] = await secondPersonsOfEach(on, [{ row, zone, ...draft }]);
	return persons ?? { nearest: [], all: [] };
}

/** The same for many drafts, in their order, with the queries of one plus one per further time zone. */
export async function secondPersonsOfEach(on: Database | Tx, drafts: readonly DraftToSign[]): Promise<SecondPersons[]> {
	const supervisors = await peopleForEach(
		on,
		drafts.map(({ row }) => row),
		['supervisor']
	);
	const writers = await writersOf(on, drafts);
	const ids = [...new Set(supervisors.flat().map((person) => person.id))];
	const away = new Map<string, ReadonlyMap<string, unknown>>();
	for (const zone of new Set(drafts.map((draft) => draft.zone))) away.set(zone, await absentToday(on, ids, zone));
	return drafts.map(({ zone, approvalId, authors }, at) => {
		const wrote = new Set([...authors, ...(writers.get(approvalId ?? '') ?? [])]);
		const all = (supervisors[at] ?? []).filter((person) => !wrote.has(person.id) && !away.get(zone)?.has(person.id));
		const nearestUnit = all[0]?.unitId;
		return { nearest: all.filter((person) => person.unitId === nearestUnit), all };
	});
}
