import { and, eq, inArray, isNotNull, not, sql } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { absentToday } from '#lib/server/people/absence.ts';
import { CASE_ROLES } from '#lib/server/people/access/kinds.ts';
import { officerIsNamed } from '#lib/server/people/actor.ts';
import { rosteredToday } from '#lib/server/places/duty.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import type { CaseRow, CaseWithUnit } from './find.ts';

export interface Person {
	id: string;
	name: string;
	username: string;
	/** The unit whose role the person holds: the handling unit itself or an ancestor. */
	unitId: string;
	/** False if the account has no password, although another person with a role for the case has one. */
	signsIn: boolean;
}

export type HandledCase = Pick<CaseRow, 'id' | 'handlingUnitId'>;

/** The roles that may work on a restricted or unrestricted case. */
export const workerRoles = (restricted: boolean): readonly Role[] => (restricted ? ['supervisor'] : CASE_ROLES);

/** Accounts of the officers whom a case names, as a subquery. */
export function accountsNamedBy(on: Database | Tx, caseId: number) {
	return on
		.select({ id: officers.accountId })
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.where(and(eq(caseOfficers.caseId, caseId), officerIsNamed, isNotNull(officers.accountId)));
}

/** `peopleFor` for many cases with one query, in the order of `rows`. */
export async function peopleForEach(on: Database | Tx, rows: readonly HandledCase[], wanted: readonly Role[]) {
	if (rows.length === 0) return [];
	const { unitById } = await referenceData();
	// Each handling unit and its ancestors, nearest first.
	const chains = rows.map((row) => chainOf(unitById.get(row.handlingUnitId)).reverse());
	const ids = rows.map(({ id }) => id);
	/** Those of the cases that name the account. */
	const namedBy = sql<number[] | null>`(select jsonb_agg(${caseOfficers.caseId}) from ${caseOfficers}
		inner join ${officers} on ${officers.id} = ${caseOfficers.officerId}
		where ${officers.accountId} = ${accounts.id} and ${officerIsNamed}
			and ${inArray(caseOfficers.caseId, ids)})`;
	const inChain = inArray(roles.unitId, [...new Set(chains.flat())]);
	const { id, name, username, passwordHash } = accounts;
	const found = await on
		.select({
			person: { id, name, username, unitId: roles.unitId },
			held: sql<Role[]>`jsonb_agg(${roles.role})`,
			hasPassword: sql<boolean>`${passwordHash} is not null`,
			namedBy
		})
		.from(roles)
		.innerJoin(accounts, eq(id, roles.accountId))
		.where(and(inChain, inArray(roles.role, [...CASE_ROLES, ...wanted]), eq(accounts.active, true)))
		.groupBy(id, roles.unitId);
	return rows.map((row, index): Person[] => {
		const chain = chains[index] ?? [];
		const able = found.filter(({ person, namedBy }) => chain.includes(person.unitId) && !namedBy?.includes(row.id));
		const nobodySignsIn = !able.some(({ hasPassword }) => hasPassword);
		return able
			.filter(({ held }) => wanted.some((role) => held.includes(role)))
			.map(({ person, hasPassword }) => ({ ...person, signsIn: hasPassword || nobodySignsIn }))
			.sort((a, b) => chain.indexOf(a.unitId) - chain.indexOf(b.unitId) || a.name.localeCompare(b.name));
	});
}

/**
 * Active accounts whom the case does not name, with one of the roles `wanted` at the handling unit or above, nearest
 * unit first.
 */
export async function peopleFor(on: Database | Tx, row: HandledCase, wanted: readonly Role[]): Promise<Person[]> {
	const [people = []] = await peopleForEach(on, [row], wanted);
	return people;
}

/** Everybody who may work on a case, nearest unit first. */
export const workersFor = (on: Database | Tx, row: HandledCase & { restricted: boolean }): Promise<Person[]> =>
	peopleFor(on, row, workerRoles(row.restricted));

/**
 * The assignee has a role for the case, and the account is active. A subquery with `in` is run once for all cases. The
 * path of each unit is split, because a hash join needs equality: `like` would compare each role with each unit.
 */
const assigneeHasRole = sql`(${cases.assigneeId}, ${cases.handlingUnitId}, ${cases.restricted}) in (
	select ${roles.accountId}, ${units.id}, kind.restricted from ${units}
		cross join unnest(string_to_array(btrim(${units.path}, '/'), '/')) above(id)
		inner join ${roles} on ${roles.unitId} = above.id::uuid
		inner join ${accounts} on ${accounts.id} = ${roles.accountId} and ${accounts.active}
		cross join (values (false), (true)) kind(restricted)
		where ${roles.role} = 'supervisor' or (${roles.role} = 'handler' and not kind.restricted))`;
/** The case names the assignee. Most assignees are no officers, and then no name is looked up. */
const assigneeIsNamed = sql`(${cases.assigneeId} in (select ${officers.accountId} from ${officers} where ${officers.accountId} is not null)
	and exists (select 1 from ${caseOfficers} inner join ${officers} on ${officers.id} = ${caseOfficers.officerId}
		where ${caseOfficers.caseId} = ${cases.id} and ${officers.accountId} = ${cases.assigneeId} and ${officerIsNamed}))`;
/** Condition: the case has no assignee, or one who left, lost the role or is named by the case. */
export const unassigned = sql`(${cases.assigneeId} is null or not (${assigneeHasRole} and not ${assigneeIsNamed}))`;

/** Whether the case has an assignee who may still work on it: active, with the role, and not named by the case. */
export async function hasWorkingAssignee(
	on: Database | Tx,
	{ id, assigneeId }: Pick<CaseRow, 'id' | 'assigneeId'>
): Promise<boolean> {
	return assigneeId !== null && (await on.$count(cases, and(eq(cases.id, id), not(unassigned)))) > 0;
}

/** The people who are not absent today in `zone`. Accounts that cannot sign in count as absent, if other people can. */
export async function present<P extends { id: string; signsIn?: boolean }>(people: readonly P[], zone: string) {
	const ids = people.map(({ id }) => id);
	const absent = await absentToday(ids, zone);
	return people.filter(({ id, signsIn }) => signsIn !== false && !absent.has(id));
}

/** Lists each person once, even with several roles. */
export const onePerPerson = <P extends { id: string }>(people: readonly P[]): P[] =>
	people.filter(({ id }, index) => people.findIndex((other) => other.id === id) === index);

/**
 * Returns the people who must act on a case now. All of them may see it. A `present` assignee acts alone. Without
 * an assignee, it is the present handlers of the nearest unit that has one, or the supervisors if there are no
 * handlers who can sign in. If the assignee is absent, it is all of these: assignee, present deputy and handlers.
 */
export async function workersNow(on: Database | Tx, caseWithUnit: CaseWithUnit): Promise<Person[]> {
	const { row, unit } = caseWithUnit;
	const seeing = await workersFor(on, row);
	const assignee = seeing.find((person) => person.id === row.assigneeId);
	const here = await present(seeing, unit.timeZone);
	if (assignee && here.includes(assignee)) return [assignee];
	const absent = await absentToday(assignee ? [assignee.id] : [], unit.timeZone);
	const standIns = here.filter(({ id }) => [...absent.values()].includes(id));
	const handlers = row.restricted ? [] : await nearest(on, caseWithUnit, 'handler');
	const others = handlers.some(({ signsIn }) => signsIn) ? handlers : await nearest(on, caseWithUnit, 'supervisor');
	return onePerPerson([...(assignee ? [assignee] : []), ...standIns, ...others]);
}

/**
 * The people who are notified of a case without an assignee. Of the nearest unit with handlers, these are the present
 * ones whom the roster of the day names, or all present ones if it names none. If all are absent or the case is
 * restricted, these are the supervisors.
 */
export async function handlersOnDuty(on: Database | Tx, caseWithUnit: CaseWithUnit): Promise<Person[]> {
	const { row, unit } = caseWithUnit;
	const handlers = row.restricted ? [] : await peopleFor(on, row, ['handler']);
	const ofUnit = handlers.filter(({ unitId }) => unitId === handlers[0]?.unitId);
	const here = await present(ofUnit, unit.timeZone);
	if (here.length === 0) return supervisorsNow(on, caseWithUnit);
	const rostered = await rosteredToday({ id: row.handlingUnitId, timeZone: unit.timeZone });
	const onRoster = here.filter(({ id }) => rostered.has(id));
	return onRoster.length > 0 ? onRoster : here;
}

/** The supervisors who may see the case, of the nearest unit with one present today. */
export async function supervisorsNow(on: Database | Tx, caseWithUnit: CaseWithUnit): Promise<Person[]> {
	return onePerPerson(await nearest(on, caseWithUnit, 'supervisor'));
}

/**
 * The present people with the role in the nearest unit that has one. If nobody is present today, all of the nearest
 * unit.
 */
async function nearest(on: Database | Tx, { row, unit }: CaseWithUnit, role: Role): Promise<Person[]> {
	const people = await peopleFor(on, row, [role]);
	const here = await present(people, unit.timeZone);
	const from = here.length > 0 ? here : people;
	return from.filter((person) => person.unitId === from[0]?.unitId);
}
