import { and, eq, exists, gte, lt, notExists, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { addDays, instantAt } from '#lib/calendar/days.ts';
import type { PeriodKey } from '#lib/ratings/period-key.ts';
import { recapPeriod } from '#lib/recap/period.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { units } from '#lib/server/db/schema/units.ts';

/** The first moment after a period in an office's zone; undefined: there is no such period. */
export function periodEnd(period: PeriodKey, zone: string): Date | undefined {
	const days = recapPeriod(period);
	return days && instantAt(addDays(days.to, 1), '00:00', zone);
}

/**
 * Which units owe the report of a period that ended then: those that were not opened later and of whose own people one had
 * an account before. An office that began afterwards has nothing to report of it, and is neither reminded nor late.
 */
export function owedBefore(ended: Date): SQL | undefined {
	const person = alias(accounts, 'first_person');
	const role = alias(roles, 'first_role');
	const openedLater = db()
		.select({ one: sql`1` })
		.from(auditEntries)
		.where(
			and(eq(auditEntries.unitId, units.id), eq(auditEntries.action, 'unit.created'), gte(auditEntries.at, ended))
		);
	const somebody = db()
		.select({ one: sql`1` })
		.from(role)
		.innerJoin(person, eq(person.id, role.accountId))
		.where(and(eq(role.unitId, units.id), lt(person.createdAt, ended)));
	return and(notExists(openedLater), exists(somebody));
}
