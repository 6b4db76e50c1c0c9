import { and, arrayContained, arrayOverlaps, eq, gte, inArray, isNotNull, or, sql, type Column } from 'drizzle-orm';
import { ROLES } from '#lib/cases/vocabulary.ts';
import { db, type Reader } from '#lib/server/db/index.ts';
import { accessChanges } from '#lib/server/db/schema/access-changes.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { apiTokens } from '#lib/server/db/schema/people.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { withUnitsBelow, type Actor } from '../actor.ts';
import { roleHolders, type AccountRow } from '../administration.ts';
import { hasOpened } from '../units/find-unit.ts';
import { notInTrial } from '../units/trial.ts';
import { isConnectionUsed } from './connection.ts';
import {
	CASE_ROLES,
	CASE_SCOPES,
	RATING_ROLES,
	type AccessChange,
	type AccessRemoval,
	type AccessRow,
	type NewConnection
} from './kinds.ts';
import { ratingUnitsConcerned } from './rating-access.ts';
import { REMOVED_MS, unitsHeld, unitsHeldSoon, unitsRecentlyLost } from './role-units.ts';

/**
 * Returns those of the units that have a case, or a message in the shared inbox that is no case yet or was set aside, in
 * the unit itself or below it. Practice in a trial does not count, and neither do messages of an office that never opened:
 * its connections are tested.
 */
export async function unitsInUse(on: Reader, unitIds: readonly string[]): Promise<string[]> {
	const { unitById } = await referenceData();
	const isOpened = (id: string) => hasOpened(unitById.get(id) ?? { state: 'new' });
	const found: string[] = [];
	for (const unitId of new Set(unitIds)) {
		const reach = await withUnitsBelow([unitId]);
		// Each query stops at the first row of an index.
		const ofCases = (column: Column) =>
			on
				.select({ id: cases.id })
				.from(cases)
				.where(and(inArray(column, reach), notInTrial(cases.unitId)))
				.limit(1);
		const opened = reach.filter(isOpened);
		const ofInbox = on
			.select({ id: conversations.id })
			.from(conversations)
			.where(inArray(conversations.unitId, opened))
			.limit(1);
		// Messages that were set aside are in no conversation. The conditions are those of the partial indexes.
		const { id, unitId: ofUnit, state } = incomingMessages;
		const isAside = or(sql`${state} in ('stored', 'failed')`, sql`${state} = 'machine'`);
		const ofAside = on
			.select({ id })
			.from(incomingMessages)
			.where(and(inArray(ofUnit, opened), isAside))
			.limit(1);
		for (const query of [ofCases(cases.handlingUnitId), ofCases(cases.unitId), ofInbox, ofAside]) {
			if ((await query).length === 0) continue;
			found.push(unitId);
			break;
		}
	}
	return found;
}

/** Units to whose cases an account has access now or as an approved acting head. */
async function unitsWithCaseAccess(on: Reader, accountId: string): Promise<string[]> {
	return unitsInUse(on, await unitsHeld(on, accountId, CASE_ROLES));
}

/** As `unitsWithCaseAccess`, including waiting changes. */
async function unitsWithCaseAccessNowOrSoon(on: Reader, accountId: string): Promise<string[]> {
	return unitsInUse(on, await unitsHeldSoon(on, accountId, CASE_ROLES));
}

/** Whether an account has access to cases now or after its waiting changes. */
export async function hasCaseAccessNowOrSoon(on: Reader, accountId: string): Promise<boolean> {
	return (await unitsWithCaseAccessNowOrSoon(on, accountId)).length > 0;
}

/** Whether an account has access to cases, and only an administrator entered its address: it was never proven. */
export async function isAddressUnproven(on: Reader, account: Pick<AccountRow, 'id' | 'email' | 'provenEmail'>) {
	return account.email !== account.provenEmail && (await unitsWithCaseAccess(on, account.id)).length > 0;
}

/** Whether this administrator can change the sign-in of an account only with a supervisor's approval. */
export async function needsApproval({ accountId: by }: Actor, accountId: string): Promise<boolean> {
	return (await unitsConcerned(db(), { kind: 'password_link', accountId }, by)).length > 0;
}

/**
 * Whether the change creates a password link: a requested link, or a first role with access to cases or to the
 * ratings of the requester. With a first role the creator of the account may know its former password.
 */
export async function createsPasswordLink(on: Reader, change: AccessChange, requestedBy: string | null) {
	if (change.kind === 'password_link') return true;
	if (change.kind !== 'role' || change.accountId === requestedBy) return false;
	if (RATING_ROLES.includes(change.role)) {
		const held = await unitsHeld(on, change.accountId, RATING_ROLES);
		return held.length === 0 && (await unitsWithCaseAccess(on, change.accountId)).length === 0;
	}
	if (!CASE_ROLES.includes(change.role)) return false;
	if ((await unitsWithCaseAccess(on, change.accountId)).length === 0) return true;
	// The account has access to cases only because its unit is in use now, so its former passwords and tokens were
	// never ended.
	const closed = and(
		eq(accessChanges.accountId, change.accountId),
		eq(accessChanges.state, 'effective'),
		isNotNull(accessChanges.link)
	);
	return (await on.select({ id: accessChanges.id }).from(accessChanges).where(closed).limit(1)).length === 0;
}

/**
 * Units to whose cases a change would give access, or whose case handlers it concerns, and units whose ratings it would
 * show to a requester whom they rate. If empty, the change needs no approval. If a role creates a password link, also the
 * other units in use where the account has a role: the decider may print the link, which opens the whole account.
 */
export async function unitsConcerned(
	on: Reader,
	change: AccessChange | AccessRemoval,
	requestedBy: string | null
): Promise<string[]> {
	const unitIds = [...(await caseUnits(on, change)), ...(await ratingUnitsConcerned(on, change, requestedBy))];
	const ofAccount =
		unitIds.length > 0 && change.kind === 'role' && (await createsPasswordLink(on, change, requestedBy))
			? await unitsInUse(on, await unitsHeldSoon(on, change.accountId, ROLES))
			: [];
	return [...new Set([...unitIds, ...ofAccount])];
}

async function caseUnits(on: Reader, change: AccessChange | AccessRemoval): Promise<string[]> {
	switch (change.kind) {
		case 'role':
		case 'role_removed':
			return CASE_ROLES.includes(change.role) ? unitsInUse(on, [change.unitId]) : [];
		case 'token': {
			const [token] = await on
				.select({ scopes: apiTokens.scopes })
				.from(apiTokens)
				.where(eq(apiTokens.id, change.tokenId));
			const givesAccess = token?.scopes.some((scope) => (CASE_SCOPES as readonly string[]).includes(scope));
			return givesAccess ? unitsInUse(on, [change.unitId]) : [];
		}
		case 'officer_link': {
			const held = await unitsWithCaseAccessNowOrSoon(on, change.accountId);
			return [...new Set([...held, ...(await unitsInUse(on, [change.unitId]))])];
		}
		case 'email': {
			const held = await unitsWithCaseAccessNowOrSoon(on, change.accountId);
			return [...new Set([...held, ...(await unitsRecentlyLost(on, change.accountId, CASE_ROLES))])];
		}
		case 'connection':
			return unitsOfConnection(on, change.unitId, change.channel);
		case 'password_link':
		case 'reactivation':
		case 'second_factor_reset':
		case 'switched_off':
		case 'officer_linked':
			return unitsWithCaseAccessNowOrSoon(on, change.accountId);
	}
}

/**
 * The office whose connection it is, if messages came or went by it and the office has a case or such a message. Test
 * messages during its set-up do not count.
 */
export async function unitsOfConnection(
	on: Reader,
	unitId: string,
	channel: NewConnection['channel']
): Promise<string[]> {
	return (await isConnectionUsed(on, unitId, channel)) ? unitsInUse(on, [unitId]) : [];
}

/** For each unit, the unit and those above it; none for an unknown unit. */
async function chainsOf(unitIds: readonly string[]): Promise<string[][]> {
	const { unitById } = await referenceData();
	return unitIds.map((id) => chainOf(unitById.get(id)));
}

/**
 * Returns the active accounts that may decide: supervisors of every unit concerned or of units above. The requester and
 * the account concerned may not. Absence is ignored, because administrators record absences.
 * @param reach 'any': supervisors of at least one of the units; they are notified and may decline
 */
export async function decidersOf(
	on: Reader,
	{ unitIds, requestedBy, accountId }: ChangeParties,
	reach: 'all' | 'any' = 'all'
): Promise<{ id: string; name: string; hasPassword: boolean }[]> {
	if (unitIds.length === 0) return [];
	const chains = await chainsOf(unitIds);
	const people = Map.groupBy(await roleHolders(on, ['supervisor']), ({ id }) => id);
	return [...people.values()].flatMap((held) => {
		const [{ id, name, hasPassword } = { id: '', name: '', hasPassword: false }] = held;
		const isOver = (chain: string[]) => held.some(({ unitId }) => chain.includes(unitId));
		const reaches = reach === 'all' ? chains.every(isOver) : chains.some(isOver);
		return reaches && id !== requestedBy && id !== accountId ? [{ id, name, hasPassword }] : [];
	});
}

/**
 * Whether supervisors who could have decided were removed: by anybody since the request, or by the requester in the 30
 * days before it.
 */
export async function decidersRemoved(on: Reader, { unitIds, requestedBy, requestedAt }: AccessRow): Promise<boolean> {
	const above = [...new Set((await chainsOf(unitIds)).flat())];
	const { kind, data } = accessChanges;
	const before = new Date(requestedAt.getTime() - REMOVED_MS);
	const removals = await on
		.select({ id: accessChanges.id })
		.from(accessChanges)
		.where(
			and(
				arrayOverlaps(accessChanges.unitIds, above),
				or(eq(kind, 'switched_off'), and(eq(kind, 'role_removed'), sql`${data} ->> 'role' = 'supervisor'`)),
				gte(accessChanges.requestedAt, before),
				or(gte(accessChanges.requestedAt, requestedAt), sql`${accessChanges.requestedBy} = ${requestedBy}`)
			)
		)
		.limit(1);
	return removals.length > 0;
}

type ChangeParties = Pick<AccessRow, 'unitIds' | 'requestedBy' | 'accountId'>;

/** Whether one signed-in actor may decide. API tokens never decide. */
export const mayDecide = (actor: Actor, { unitIds, requestedBy, accountId }: ChangeParties): boolean =>
	actor.accountId !== null &&
	actor.scopes === null &&
	actor.accountId !== requestedBy &&
	actor.accountId !== accountId &&
	unitIds.every((id) => actor.units.supervisor.includes(id));

/** Whether the actor may decline a change: supervisors of one of the units concerned, and the account concerned. */
export const mayDecline = (actor: Actor, { unitIds, requestedBy, accountId }: ChangeParties): boolean =>
	actor.accountId !== null &&
	actor.scopes === null &&
	actor.accountId !== requestedBy &&
	(actor.accountId === accountId || unitIds.some((id) => actor.units.supervisor.includes(id)));

/**
 * Condition for changes the actor may see: requested by the actor, about the actor's account, only in units the actor
 * administers or supervises, or in at least one unit the actor supervises.
 */
export function changesVisibleTo(actor: Actor) {
	const { accountId } = actor;
	if (!accountId) return sql`false`;
	const { supervisor, admin } = actor.units;
	const reach = [...new Set([...supervisor, ...admin])];
	return or(
		eq(accessChanges.requestedBy, accountId),
		eq(accessChanges.accountId, accountId),
		reach.length > 0 ? arrayContained(accessChanges.unitIds, reach) : undefined,
		supervisor.length > 0 ? arrayOverlaps(accessChanges.unitIds, [...supervisor]) : undefined
	);
}
