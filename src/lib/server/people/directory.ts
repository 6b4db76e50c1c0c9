import { asc, eq, gte } from 'drizzle-orm';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { ROLES, type Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences, roles } from '#lib/server/db/schema/people.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { Actor } from './actor.ts';
import { isRootAdmin, requestedRoles, unitsFromRoles } from './administration.ts';
import { isUuid } from '#lib/text/uuid.ts';

const byRank = (a: { role: Role; unitName: string }, b: typeof a) =>
	a.unitName.localeCompare(b.unitName) || ROLES.indexOf(a.role) - ROLES.indexOf(b.role);

/** Accounts of the administrator's units, by name; root administrators see all accounts. */
export async function listPeople(actor: Actor, only?: string) {
	const administeredIds = new Set(actor.units.admin);
	const root = await isRootAdmin(actor);
	const people = await db()
		.select({ account: accounts, officer: { id: officers.id, name: officers.name, unitId: officers.unitId } })
		.from(accounts)
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(only ? eq(accounts.id, only) : undefined)
		.orderBy(asc(accounts.name), asc(accounts.id));
	const held = await db()
		.select({ accountId: roles.accountId, role: roles.role, unitId: roles.unitId, unitName: units.name })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId));
	const requested = await requestedRoles(db());
	const zones = new Map(
		(await db().select({ id: units.id, zone: units.timeZone }).from(units)).map((unit) => [unit.id, unit.zone])
	);
	// From yesterday in UTC, because today is not earlier in any time zone.
	const yesterday = addDays(localDate(now(), 'UTC'), -1);
	const absentRows = await db().select().from(absences).where(gte(absences.toDay, yesterday));
	const absentToday = (accountId: string, unitId: string | undefined) => {
		const today = localDate(now(), zones.get(unitId ?? '') ?? 'UTC');
		return absentRows.some((row) => row.accountId === accountId && row.fromDay <= today && today <= row.toDay);
	};

	return people.flatMap(({ account, officer }) => {
		const own = held.filter((row) => row.accountId === account.id);
		const unitIds = unitsFromRoles(
			[...own.map((row) => row.unitId), ...(officer ? [officer.unitId] : [])],
			requested.filter((row) => row.accountId === account.id)
		);
		if (!root && !unitIds.some((id) => administeredIds.has(id))) return [];
		const { id, username, name, email, active, passwordHash } = account;
		return [
			{
				...{ id, username, name, email, active },
				hasPassword: passwordHash !== null,
				roles: own
					// `mine`: the administrator may revoke this role.
					.map(({ role, unitId, unitName }) => ({
						role: role as Role,
						unitId,
						unitName,
						mine: administeredIds.has(unitId)
					}))
					.sort(byRank),
				officer: officer && { id: officer.id, name: officer.name },
				absentToday: absentToday(id, unitIds[0]),
				/** Belongs only to the actor's units, so the actor may change or deactivate it. */
				administered: root || unitIds.every((unitId) => administeredIds.has(unitId))
			}
		];
	});
}

/** Finds one account as in `listPeople`. @throws NotFound if the administrator may not see it */
export async function personForAdmin(actor: Actor, accountId: string) {
	const [person] = isUuid(accountId) ? await listPeople(actor, accountId) : [];
	if (!person) throw new NotFound(`account ${accountId}`);
	return person;
}
