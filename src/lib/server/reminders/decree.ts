import { and, eq, isNull, notExists, notInArray, sql } from 'drizzle-orm';
import { missingDecrees } from '#lib/server/calendar/missing.ts';
import { tell } from '#lib/server/channels/notices.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { decreeLetter } from './letters.ts';

/**
 * Notifies the root's administrators, who can load the decree, once per year, including later administrators. Stops once the
 * year is loaded.
 */
export async function tellOfMissingDecrees(): Promise<void> {
	const years = await missingDecrees();
	await db()
		.update(notices)
		.set({ readAt: now() })
		.where(
			and(
				eq(notices.kind, 'decree_missing'),
				isNull(notices.readAt),
				notInArray(sql`${notices.data} ->> 'year'`, years.map(String))
			)
		);
	for (const year of years) {
		const onceKey = `decree:${year}`;
		const told = db()
			.select({ id: notices.id })
			.from(notices)
			.where(eq(notices.onceKey, sql`${`${onceKey}:`} || ${accounts.id}`));
		const people = await db()
			.selectDistinct({ id: accounts.id })
			.from(roles)
			.innerJoin(units, eq(units.id, roles.unitId))
			.innerJoin(accounts, eq(accounts.id, roles.accountId))
			.where(and(eq(roles.role, 'admin'), isNull(units.parentId), eq(accounts.active, true), notExists(told)));
		if (people.length === 0) continue;
		const notice = { kind: 'decree_missing' as const, onceKey, caseId: null, at: now(), data: { year } };
		await transaction((tx) =>
			tell(
				tx,
				people.map(({ id }) => id),
				{ ...notice, letter: decreeLetter(year) }
			)
		);
	}
}
