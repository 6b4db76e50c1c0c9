import { eq } from 'drizzle-orm';
import { breachClock } from '#lib/privacy/breach.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { breaches } from '#lib/server/db/schema/breaches.ts';
import { breachesWithUnit } from './book.ts';
import { notifyKeepers } from './keepers.ts';

/**
 * Runs each minute: notifies of open breaches when two thirds of the time have passed, and again when the time limit has
 * passed, once each.
 */
export async function notifyOfBreaches(): Promise<void> {
	for (const { row, unit, ...told } of await breachesWithUnit(db()).where(eq(breaches.state, 'open'))) {
		const { warnAt, dueAt, metAt, overdue } = breachClock({ ...row, ...told }, now());
		if (metAt || warnAt > now()) continue;
		const stage = overdue ? 'breach_overdue' : 'breach_due';
		await transaction((tx) => notifyKeepers(tx, stage, row, unit, dueAt));
	}
}
