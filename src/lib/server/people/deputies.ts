import { and, asc, eq, gte, inArray, lte, ne, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { absences, roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';

const WORKING = ['handler', 'supervisor'];

/** Possible deputies of an account: active people who work on its offices' reports, there or above. */
export async function deputiesFor(
	accountId: string,
	on: Database | Tx = db()
): Promise<{ id: string; name: string }[]> {
	const own = await on
		.select({ path: units.path })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(and(eq(roles.accountId, accountId), inArray(roles.role, WORKING)));
	const chain = [...new Set(own.flatMap(({ path }) => path.split('/').filter(Boolean)))];
	if (chain.length === 0) return [];
	return on
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				inArray(roles.unitId, chain),
				inArray(roles.role, WORKING),
				eq(accounts.active, true),
				ne(accounts.id, accountId)
			)
		)
		.orderBy(asc(accounts.name), asc(accounts.id));
}

/** People an account deputises for today (in the zone of their office), by name. */
export async function absentBehind(accountId: string | null): Promise<{ id: string; name: string }[]> {
	if (!accountId) return [];
	const today = sql`(${now().toISOString()}::timestamptz at time zone ${units.timeZone})::date`;
	return db()
		.selectDistinct({ id: accounts.id, name: accounts.name })
		.from(absences)
		.innerJoin(accounts, eq(accounts.id, absences.accountId))
		.innerJoin(roles, eq(roles.accountId, accounts.id))
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(and(eq(absences.deputyId, accountId), lte(absences.fromDay, today), gte(absences.toDay, today)))
		.orderBy(asc(accounts.name), asc(accounts.id));
}
