import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db, oneRow, type Reader, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { chainOf, coversDay, isInSubtree, referenceData } from '#lib/server/reference/reference.ts';
import { CASE_ROLES } from '../access/kinds.ts';
import type { Actor } from '../actor.ts';
import { requireAdmin } from '../administration.ts';
import { recordChange } from '../audit.ts';
import { isOpenToPublic, type Unit } from './find-unit.ts';

/** What an office needs before it is opened to the public, in the order in which it is set up. */
const OPENING_NEEDS = [
	'name',
	'handler',
	'approver',
	'approver_absent',
	'approver_handles',
	'service',
	'place'
] as const;
export type OpeningNeed = (typeof OPENING_NEEDS)[number];

/** Name of an office that was created without one. An office can't be opened under it, also if a person typed it. */
export const placeholderName = (code: string): string => `Satuan kerja ${code}`;

export interface OpeningState {
	lacks: OpeningNeed[];
	/** It has handlers, but needs handlers or supervisors of offices above, because it has none of its own. */
	needsStaffOfOfficeAbove: boolean;
}

/**
 * What each of these offices lacks to be opened: a name other than the placeholder, a handler, a supervisor who is
 * free to approve, a service and a place. A supervisor who is absent today, or who is the only handler, is not free, and
 * the lack says which. People of offices above count, because their roles reach down. Only active accounts with a
 * password count: others could not open a report.
 */
export async function openingStates(on: Reader, offices: readonly Unit[]): Promise<Map<string, OpeningState>> {
	const held = await on
		.select({ accountId: roles.accountId, unitId: roles.unitId, role: roles.role })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				eq(accounts.active, true),
				isNotNull(accounts.passwordHash),
				inArray(roles.role, [...CASE_ROLES]),
				inArray(roles.unitId, offices.flatMap(chainOf))
			)
		);
	const { services, places, absences } = await referenceData();
	return new Map(
		offices.map((unit) => {
			const today = localDate(now(), unit.timeZone);
			const away = (id: string) => absences.some((row) => row.accountId === id && coversDay(row, today));
			const people = held.filter(({ unitId }) => isInSubtree(unit, unitId));
			const handlers = people.filter(({ role }) => role === 'handler');
			const supervisors = people.filter(({ role }) => role === 'supervisor');
			const approvers = supervisors.filter(({ accountId }) => !away(accountId));
			const isFree = ({ accountId }: { accountId: string }) =>
				handlers.length === 0 || handlers.some((handler) => handler.accountId !== accountId);
			const hasApprover = approvers.some(isFree);
			const isOwn = ({ unitId }: { unitId: string }) => unitId === unit.id;
			const has: Record<OpeningNeed, boolean> = {
				name: unit.name !== placeholderName(unit.code),
				handler: handlers.length > 0,
				approver: supervisors.length > 0,
				approver_absent: supervisors.length === 0 || approvers.length > 0,
				approver_handles: approvers.length === 0 || hasApprover,
				service: services.some(({ unitId, active }) => unitId === unit.id && active),
				place: places.some(({ unitId, withdrawnAt }) => unitId === unit.id && withdrawnAt === null)
			};
			const needsStaffOfOfficeAbove =
				has.handler && (!handlers.some(isOwn) || (hasApprover && !approvers.filter(isFree).some(isOwn)));
			return [unit.id, { lacks: OPENING_NEEDS.filter((need) => !has[need]), needsStaffOfOfficeAbove }];
		})
	);
}

/** As `lockOffice`, for several offices in the order of their codes. */
export async function lockOffices(tx: Tx, actor: Actor, unitIds: readonly string[]): Promise<Unit[]> {
	for (const id of unitIds) requireAdmin(actor, id);
	return tx
		.select()
		.from(units)
		.where(inArray(units.id, [...unitIds]))
		.orderBy(units.code)
		.for('update');
}

/** Locks an office until the end of the transaction. @throws NotFound if the actor does not administer it */
export async function lockOffice(tx: Tx, actor: Actor, unitId: string): Promise<Unit> {
	return lockOffices(tx, actor, [unitId]).then(oneRow);
}

/** A change of an office's state with its entry in the log. */
interface StateChange {
	state: Unit['state'];
	action: 'unit.opened' | 'unit.closed' | 'unit.trial_started' | 'unit.trial_ended';
	reason?: string;
	after?: object;
}

/** Changes the state of a locked office. */
export async function setState(
	tx: Tx,
	actor: Actor,
	{ id: unitId, code: subject, version }: Unit,
	{ state, ...change }: StateChange
): Promise<void> {
	await tx
		.update(units)
		.set({ state, version: version + 1 })
		.where(eq(units.id, unitId));
	await recordChange(tx, actor, { unitId, subject, ...change });
}

/** The offices that the actor administers and that are closed, in tree order. */
export async function closedOffices({ units: { admin } }: Pick<Actor, 'units'>): Promise<Unit[]> {
	return (await referenceData()).units.filter((unit) => admin.includes(unit.id) && !isOpenToPublic(unit));
}

/** As `openingStates`, for one office. */
export const openingState = async (unit: Unit): Promise<OpeningState> =>
	(await openingStates(db(), [unit])).get(unit.id) ?? { lacks: [], needsStaffOfOfficeAbove: false };
