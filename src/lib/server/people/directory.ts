import { asc, eq } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ROLES, type Acting, type Role } from '#lib/cases/vocabulary.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, oneRow } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actingRoles, roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { coversDay, referenceData } from '#lib/server/reference/reference.ts';
import { actorOf, isPresentRecord, type Actor } from './actor.ts';
import { accountsWithSecondFactor } from './sign-in/second-factor.ts';
import { isRootAdmin, roleChanges, unitsFromRoles } from './administration.ts';
import { isUuid } from '#lib/text/uuid.ts';

const byRank = (a: { role: Role; unitName: string }, b: typeof a) =>
	a.unitName.localeCompare(b.unitName) || ROLES.indexOf(a.role) - ROLES.indexOf(b.role);

/** Days without a sign-in after which an account is listed as unused. */
const STALE_DAYS = 90;

/** Accounts of the administrator's units, by name; root administrators see all accounts. */
export async function listPeople(actor: Actor, only?: string) {
	const administeredIds = new Set(actor.units.admin);
	const root = await isRootAdmin(actor);
	const people = await db()
		.select({ account: accounts, officer: officers })
		.from(accounts)
		.leftJoin(officers, isPresentRecord)
		.where(only ? eq(accounts.id, only) : undefined)
		.orderBy(asc(accounts.name), asc(accounts.id));
	const held = await db().select().from(roles).leftJoin(actingRoles, eq(actingRoles.id, roles.actingId));
	const staleSince = ago(STALE_DAYS * DAY_MS);
	const withCode = new Set(await accountsWithSecondFactor());
	const requested = await roleChanges(db());
	const { unitById, absences } = await referenceData();
	const absentToday = (accountId: string, unitId: string | undefined) => {
		const today = localDate(now(), unitById.get(unitId ?? '')?.timeZone ?? 'UTC');
		return absences.some((row) => row.accountId === accountId && coversDay(row, today));
	};

	return people.flatMap(({ account, officer }) => {
		const own = held.filter(({ roles: { accountId } }) => accountId === account.id);
		const unitIds = unitsFromRoles(
			[...own.map((row) => row.roles.unitId), ...(officer ? [officer.unitId] : [])],
			requested.filter((row) => row.accountId === account.id)
		);
		if (!root && !unitIds.some((id) => administeredIds.has(id))) return [];
		const { id, username, name, email, active, passwordHash, usedAt, createdAt } = account;
		const administered = root || unitIds.every((unitId) => administeredIds.has(unitId));
		return [
			{
				id,
				username,
				name,
				email,
				active,
				unitIds,
				hasPassword: passwordHash !== null,
				hasCode: withCode.has(id),
				/** Active, but not used for 90 days: the account's roles may no longer be needed. */
				stale: active && passwordHash !== null && (usedAt ?? createdAt) < staleSince,
				roles: own
					// `mine`: the administrator may revoke this role.
					.map(({ roles: { role, unitId }, acting_roles: acting }) => ({
						role: role as Role,
						acting: acting && { ...acting, kind: acting.kind as Acting },
						unitId,
						unitName: unitById.get(unitId)?.name ?? '',
						mine: administeredIds.has(unitId)
					}))
					.sort(byRank),
				officer: officer && { id: officer.id, name: officer.name, active: officer.active },
				absentToday: absentToday(id, unitIds[0]),
				/** Belongs only to the actor's units, so the actor may change or deactivate it. */
				administered,
				/** The actor may invite its owner, who has no password yet. */
				toInvite: active && passwordHash === null && administered
			}
		];
	});
}

/** Finds one account as in `listPeople`. @throws NotFound if the administrator may not see it */
export async function personForAdmin(actor: Actor, accountId: string) {
	return oneRow(isUuid(accountId) ? await listPeople(actor, accountId) : []);
}

/** Whether the owner of an account may open its page as an administrator, with the roles that the account has now. */
export async function administersOwnAccount(accountId: string): Promise<boolean> {
	const owner = await actorOf(accountId);
	return owner !== undefined && (await listPeople(owner, accountId)).length > 0;
}
