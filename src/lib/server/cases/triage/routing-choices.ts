import { and, asc, eq, inArray, isNull, like, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { places, units } from '#lib/server/db/schema/units.ts';
import { NotFound } from '#lib/server/errors.ts';
import type { RuleRow } from './route.ts';
import { workersOf } from '../people.ts';

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

/** People of the rule, in its group or named, who may never see the cases it matches. */
export async function neverReached(
	unitId: string,
	rule: Pick<RuleRow, 'placeId' | 'category' | 'groupId' | 'handlerId'>
): Promise<('groupId' | 'handlerId')[]> {
	const integrity = rule.category === 'integrity';
	const own = db().select({ path: units.path }).from(units).where(eq(units.id, unitId));
	const placed = db()
		.select({ id: places.unitId })
		.from(places)
		.where(eq(places.id, rule.placeId ?? unitId));
	const met = await db()
		.select({ path: units.path })
		.from(units)
		.where(rule.placeId ? inArray(units.id, placed) : sql`starts_with(${units.path}, (${own}))`);
	// A report is seen at its office and above; one about integrity from the office above on, where there is one.
	const chains = met.map(({ path }) => path.split('/').filter(Boolean));
	const seeing = new Set(chains.flatMap((chain) => (integrity && chain.length > 1 ? chain.slice(0, -1) : chain)));
	const working = rule.handlerId
		? await db()
				.select({ unitId: roles.unitId })
				.from(roles)
				.where(and(eq(roles.accountId, rule.handlerId), inArray(roles.role, [...workersOf(integrity)])))
		: [];
	return [
		...(rule.groupId && !seeing.has(rule.groupId) ? (['groupId'] as const) : []),
		...(rule.handlerId && !working.some((role) => seeing.has(role.unitId)) ? (['handlerId'] as const) : [])
	];
}
