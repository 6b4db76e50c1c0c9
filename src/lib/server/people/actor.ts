import { isInSubtree, referenceData } from '#lib/server/reference/reference.ts';
import { and, eq, sql, type Column, type SQL } from 'drizzle-orm';
import type { Acting, Role, Scope } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers } from '#lib/server/db/schema/cases.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { NotAllowed } from '#lib/server/errors.ts';

/**
 * The person or system that performs an action, with all facts that decide access. `units[role]` contains the ids of
 * the units where the account has the role and of all units below, because roles are inherited downwards.
 */
export interface Actor {
	/** Null only for `system` (the bootstrap token). */
	accountId: string | null;
	name: string;
	/** The present officer record of this account. Cases that name it or a former one (`recordsOf`) are hidden from it. */
	officerId: string | null;
	units: Record<Role, readonly string[]>;
	/** The roles with their units, if one is acting (Plh, Plt). `order` is the number of its order. */
	held?: readonly { unitIds: readonly string[]; role: Role; acting: Acting | null; order: string }[];
	/** The step is one that only supervisors may take. */
	supervises?: boolean;
	/** Scopes of the API token; null for a signed-in person, whose access depends only on roles. */
	scopes: readonly Scope[] | null;
	/** Scopes of the API token that no role of its account allows any more. */
	lostScopes?: readonly Scope[];
}

/** @returns the id of the person's account @throws NotAllowed for the operator's token, which belongs to no person */
export function accountIdOf({ accountId }: Actor): string {
	if (accountId === null) throw new NotAllowed('person');
	return accountId;
}

/** Ids of `roots` and of every unit below them. */
export async function withUnitsBelow(roots: readonly string[]): Promise<string[]> {
	return below((await referenceData()).units, roots);
}

const below = (all: readonly { id: string; path: string }[], roots: readonly string[]): string[] =>
	all.filter((unit) => roots.some((root) => isInSubtree(unit, root))).map(({ id }) => id);

/** An account and its roles, as far as they decide access. */
interface AccountRow {
	accountId: string;
	name: string;
	officerId: string | null;
	/** Null without a role. */
	held: { unitId: string; role: Role; acting: Acting | null; order: string; endsAt: string }[] | null;
}

/** Columns of an `AccountRow`, for queries that join accounts and officers. One statement finds who is asking. */
export const accountColumns = {
	accountId: accounts.id,
	name: accounts.name,
	officerId: officers.id,
	held: sql<AccountRow['held']>`(select json_agg(json_build_object('unitId', ${roles.unitId}, 'role', ${roles.role},
		'acting', ${actingRoles.kind}, 'order', ${actingRoles.order}, 'endsAt', ${actingRoles.endsAt}))
		from ${roles} left join ${actingRoles} on ${actingRoles.id} = ${roles.actingId}
		where ${roles.accountId} = ${accounts.id})`
};

/**
 * Subquery: the present officer record of an account, that is the active one. Without one, the record of the head of an
 * office, or any.
 */
export const presentRecordOf = (accountId: string | Column): SQL =>
	sql`(select o.id from officers o where o.account_id = ${accountId}
	order by o.active desc, exists (select from units u where u.head_officer_id = o.id) desc, o.id limit 1)`;

/** Condition that joins an account to its present officer record. */
export const isPresentRecord = sql`${officers.id} = ${presentRecordOf(accounts.id)}`;

/** Subquery: an officer's record and the other records of the same person, at the offices where the person was before. */
export const recordsOf = (officerId: string): SQL =>
	sql`(select o.id from officers o where o.id = ${officerId}
		or o.account_id = (select present.account_id from officers present where present.id = ${officerId}))`;

/** Condition on a row of `case_officers`: the case names this officer, perhaps only by a proposal. */
export const officerIsNamed = sql<boolean>`${caseOfficers.state} <> 'cleared'`;

/** The ids of `recordsOf`, from the reference data; none for a reader who is no officer. */
export async function recordIdsOf(officerId: string | null): Promise<string[]> {
	if (officerId === null) return [];
	const { officers, officerById } = await referenceData();
	const accountId = officerById.get(officerId)?.accountId;
	if (!accountId) return [officerId];
	return officers.filter((record) => record.accountId === accountId).map(({ id }) => id);
}

/** Loads the actor of an account; undefined if the account does not exist or is inactive. */
export async function actorOf(accountId: string): Promise<Actor | undefined> {
	const [account] = await db()
		.select(accountColumns)
		.from(accounts)
		.leftJoin(officers, isPresentRecord)
		.where(and(eq(accounts.id, accountId), eq(accounts.active, true)));
	return account && actorFrom(account);
}

/**
 * The actor of an active account.
 * @param limit limits all roles to a unit and the units below it, and to the scopes of an API token
 */
export async function actorFrom(
	{ held, ...account }: AccountRow,
	limit?: { unitId: string; scopes: readonly Scope[] }
): Promise<Actor> {
	const { units: all } = await referenceData();
	const narrowed = limit && below(all, [limit.unitId]);
	// A grant whose end has come counts no more, even before the sweep has removed it.
	const present = (held ?? []).filter(({ acting, endsAt }) => !acting || new Date(endsAt) > now());
	const within = (roots: readonly string[]) => below(all, roots).filter((id) => narrowed?.includes(id) ?? true);
	const reach = (role: Role) => within(present.filter((row) => row.role === role).map(({ unitId }) => unitId));
	return {
		...account,
		...(present.some(({ acting }) => acting) && {
			held: present.map(({ unitId, ...role }) => ({ ...role, unitIds: within([unitId]) }))
		}),
		units: {
			handler: reach('handler'),
			supervisor: reach('supervisor'),
			manager: reach('manager'),
			admin: reach('admin')
		},
		scopes: limit?.scopes ?? null
	};
}

/** The actor of the bootstrap token: every role everywhere, no account. */
export async function systemActor(scopes: readonly Scope[]): Promise<Actor> {
	const all = (await referenceData()).units.map((unit) => unit.id);
	return {
		accountId: null,
		name: 'system',
		officerId: null,
		units: { handler: all, supervisor: all, manager: all, admin: all },
		scopes
	};
}

/** Ids of the units in which the actor works on cases, as handler or supervisor, each once. */
export const caseRoleUnits = ({ units }: Pick<Actor, 'units'>): string[] => [
	...new Set([...units.handler, ...units.supervisor])
];

/** Whether the actor has one of the roles `anyOf` in the unit. */
export function holds(actor: Actor, unitId: string, ...anyOf: Role[]): boolean {
	return anyOf.some((role) => actor.units[role].includes(unitId));
}
