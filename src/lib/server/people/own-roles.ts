import { asc, eq } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { db } from '#lib/server/db/index.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';

/** The roles an account was given, each with the unit where it begins. */
export async function rolesOf(accountId: string): Promise<{ role: Role; unit: string }[]> {
	const rows = await db()
		.select({ role: roles.role, unit: units.name })
		.from(roles)
		.innerJoin(units, eq(units.id, roles.unitId))
		.where(eq(roles.accountId, accountId))
		.orderBy(asc(units.code), asc(roles.role));
	return rows.map(({ role, unit }) => ({ role: role as Role, unit }));
}
