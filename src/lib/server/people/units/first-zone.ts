import { asc, sql } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { units } from '#lib/server/db/schema/units.ts';

/** The zone of the installation's first unit: for what is shown or counted across units. */
export async function firstZone(): Promise<string> {
	const [root] = await db()
		.select({ zone: units.timeZone })
		.from(units)
		.orderBy(asc(sql`length(${units.path})`), asc(units.code))
		.limit(1);
	return root?.zone ?? 'UTC';
}
