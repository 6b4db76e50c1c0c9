import { and, eq, inArray, isNotNull, ne, sql } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { caseOfficers, timeline } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { absentToday } from '#lib/server/people/absence.ts';
import type { CaseRow, CaseWithUnit } from './find.ts';

export interface Person {
	id: string;
	name: string;
	username: string;
	/** The unit whose role the person holds: the handling unit itself or an ancestor. */
	unitId: string;
}

type Handled = Pick<CaseRow, 'id' | 'handlingUnitId'>;

/** The roles that may work on a case. */
export const workerRoles = (restricted: boolean): readonly Role[] =>
	restricted ? ['supervisor'] : ['handler', 'supervisor'];

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

/** The same for many cases with three queries, in the order of `rows`. */
async function peopleForEach(on: Database | Tx, rows: readonly Handled[], wanted: readonly Role[]) {
	const handling = rows.map(({ handlingUnitId }) => handlingUnitId);
	const found = await on.select({ id: units.id, path: units.path }).from(units).where(inArray(units.id, handling));
	// Each unit and its ancestors, nearest first.
	const chains = new Map(found.map(({ id, path }) => [id, path.split('/').filter(Boolean).reverse()]));
	const inChain = inArray(roles.unitId, [...new Set([...chains.values()].flat())]);
	const people = await on
		.selectDistinct({ id: accounts.id, name: accounts.name, username: accounts.username, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(and(inChain, inArray(roles.role, [...wanted]), eq(accounts.active, true)));
	const named = await on
		.select({ caseId: caseOfficers.caseId, accountId: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(naming(rows.map(({ id }) => id)));
	return rows.map(({ id, handlingUnitId }): Person[] => {
		const chain = chains.get(handlingUnitId) ?? [];
		const hidden = new Set(named.filter(({ caseId }) => caseId === id).map(({ accountId }) => accountId));
		return people
			.filter((person) => chain.includes(person.unitId) && !hidden.has(person.id))
			.sort((a, b) => chain.indexOf(a.unitId) - chain.indexOf(b.unitId) || a.name.localeCompare(b.name));
	});
}

/** Active accounts with one of `wanted` over the case's handling unit that the case does not name, nearest unit first. */
export async function peopleFor(on: Database | Tx, row: Handled, wanted: readonly Role[]): Promise<Person[]> {
	const [people = []] = await peopleForEach(on, [row], wanted);
	return people;
}

/** Everybody who may work on a case, nearest unit first. */
export const workersFor = (on: Database | Tx, row: Handled & { restricted: boolean }): Promise<Person[]> =>
	peopleFor(on, row, workerRoles(row.restricted));

/** Those among `people` who are not marked absent today in `zone`. */
export async function present<P extends { id: string }>(on: Database | Tx, people: readonly P[], zone: string) {
	const ids = people.map(({ id }) => id);
	const away = await absentToday(on, ids, zone);
	return people.filter(({ id }) => !away.has(id));
}

/** Each person once, whatever number of roles they hold. */
export const onePerPerson = <P extends { id: string }>(people: readonly P[]): P[] =>
	people.filter(({ id }, index) => people.findIndex((other) => other.id === id) === index);

/**
 * Returns who must act on a case now: its assignee, or, without an assignee who may see it, the handlers of the nearest unit
 * with one present today. If the assignee is absent, they are returned together with the present handlers and the deputy.
 * All of them may see the case.
 */
export async function workersNow(on: Database | Tx, found: CaseWithUnit): Promise<Person[]> {
	const { row, unit } = found;
	const seeing = await workersFor(on, row);
	const assignee = seeing.find((person) => person.id === row.assigneeId);
	const away = await absentToday(on, assignee ? [assignee.id] : [], unit.timeZone);
	if (assignee && !away.has(assignee.id)) return [assignee];
	const deputies = seeing.filter(({ id }) => [...away.values()].includes(id));
	const standIns = await present(on, deputies, unit.timeZone);
	const handlers = row.restricted ? [] : await nearest(on, found, 'handler');
	const others = handlers.length > 0 ? handlers : await nearest(on, found, 'supervisor');
	return onePerPerson([...(assignee ? [assignee] : []), ...standIns, ...others]);
}

/** The supervisors who may see the case, of the nearest unit with one present today. */
export async function supervisorsNow(on: Database | Tx, found: CaseWithUnit): Promise<Person[]> {
	return onePerPerson(await nearest(on, found, 'supervisor'));
}

/** If nobody is present today, the people of the nearest unit find it when they return. */
async function nearest(on: Database | Tx, { row, unit }: CaseWithUnit, role: Role): Promise<Person[]> {
	const people = await peopleFor(on, row, [role]);
	const here = await present(on, people, unit.timeZone);
	const from = here.length > 0 ? here : people;
	return from.filter((person) => person.unitId === from[0]?.unitId);
}

/** The facts of a draft that determine its second person. */
interface DraftToSign {
	row: Handled;
	/** Time zone of the office the report is about; its today decides who is absent. */
	zone: string;
	/** null: it was not submitted yet. */
	approvalId: string | null;
	authors: readonly (string | null)[];
}

/** Writers of any version of the drafts; none of them may be a draft's second person. */
async function writersOf(on: Database | Tx, drafts: readonly DraftToSign[]) {
	const caseIds = drafts.map(({ row }) => row.id);
	const approvalIds = drafts.flatMap(({ approvalId }) => approvalId ?? []);
	const approval = sql<string>`${timeline.data} ->> 'approval'`;
	const drafted = inArray(timeline.type, ['answer_drafted', 'archive_drafted']);
	return on
		.select({ approval, accountId: timeline.actorId })
		.from(timeline)
		.where(and(inArray(timeline.caseId, caseIds), drafted, inArray(approval, approvalIds)));
}

/**
 * Who may be the second person for a draft: available supervisors (active, not absent today, not named, not among its
 * writers). Several roles of one person count once. `nearest` are those of the closest unit with one, who decide in the first
 * working day; `all` reaches up to the root.
 */
export async function secondPersons(
	on: Database | Tx,
	row: Handled,
	zone: string,
	draft: Pick<DraftToSign, 'approvalId' | 'authors'>
) {
	const [persons] = await secondPersonsOfEach(on, [{ row, zone, ...draft }]);
	return persons ?? { nearest: [], all: [] };
}

/** The same for many drafts, in their order, with the queries of one plus one per further time zone. */
export async function secondPersonsOfEach(on: Database | Tx, drafts: readonly DraftToSign[]) {
	const rows = drafts.map(({ row }) => row);
	const supervisors = await peopleForEach(on, rows, ['supervisor']);
	const writers = await writersOf(on, drafts);
	const ids = [...new Set(supervisors.flat().map((person) => person.id))];
	const away = new Map<string, ReadonlyMap<string, unknown>>();
	for (const zone of new Set(drafts.map((draft) => draft.zone))) away.set(zone, await absentToday(on, ids, zone));
	return drafts.map(({ zone, approvalId, authors }, at) => {
		const earlier = writers.filter(({ approval }) => approval === approvalId).map(({ accountId }) => accountId);
		const wrote = new Set([...authors, ...earlier]);
		const all = (supervisors[at] ?? []).filter(({ id }) => !wrote.has(id) && !away.get(zone)?.has(id));
		return { nearest: all.filter(({ unitId }) => unitId === all[0]?.unitId), all };
	});
}
