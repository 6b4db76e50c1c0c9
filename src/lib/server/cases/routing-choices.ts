import { and, asc, eq, inArray, isNull, like } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { accounts } from '../db/schema/accounts.ts';
import { roles } from '../db/schema/people.ts';
import { places, units } from '../db/schema/units.ts';
import { NotFound } from '../errors.ts';

/**
 * What a rule of an office may name: places of it and of those below, people who work on their reports, and offices
 * whose people do: these and the ones above.
 */
export async function routingChoices(unitId: string) {
	const [unit] = await db().select().from(units).where(eq(units.id, unitId));
	if (!unit) throw new NotFound(`unit ${unitId}`);
	const below = await db()
		.select({ id: units.id })
		.from(units)
		.where(like(units.path, `${unit.path}%`));
	const reach = [...new Set([...unit.path.split('/').filter(Boolean), ...below.map(({ id }) => id)])];
	const [near, people, groups] = await Promise.all([
		db()
			.select({ id: places.id, name: places.name, unitName: units.name })
			.from(places)
			.innerJoin(units, eq(units.id, places.unitId))
			.where(
				and(
					inArray(
						places.unitId,
						below.map(({ id }) => id)
					),
					isNull(places.withdrawnAt)
				)
			)
			.orderBy(asc(units.code), asc(places.name)),
		db()
			.selectDistinct({ id: accounts.id, name: accounts.name })
			.from(roles)
			.innerJoin(accounts, eq(accounts.id, roles.accountId))
			.where(
				and(inArray(roles.unitId, reach), inArray(roles.role, ['handler', 'supervisor']), eq(accounts.active, true))
			)
			.orderBy(asc(accounts.name), asc(accounts.id)),
		db().select({ id: units.id, name: units.name }).from(units).where(inArray(units.id, reach)).orderBy(asc(units.code))
	]);
	return { places: near, people, groups };
}
