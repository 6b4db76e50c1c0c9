import { eq, sql } from 'drizzle-orm';
import { breachClock } from '#lib/privacy/breach.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { breaches, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { breachesWithUnit } from './book.ts';
import { notifyKeepers } from './keepers.ts';

/**
 * Counts reporters as not told whose e-mail could not be sent, until it is sent after all. Only an e-mail written since
 * then counts, because a person may have told them later. The mark outlives the e-mail, which is deleted after three
 * months. The key is the one of `queueReporterMail` and `tellAffected`.
 */
const noteFailedMails = () =>
	db().execute(sql`update ${breachSubjects} s set told_at = case when failed then null else m.created_at end
		from (select once_key, created_at, state in ('failed', 'withdrawn') as failed from ${mails}) m
		where s.told_how = 'email' and m.once_key = 'reporter:' || s.case_id || ':breach:' || s.breach_id
		and case when failed then m.created_at >= s.told_at else s.told_at is null end`);

/**
 * Runs each minute: notifies of open breaches when two thirds of the time have passed, and again when the time limit has
 * passed, once each.
 */
export async function notifyOfBreaches(): Promise<void> {
	await noteFailedMails();
	for (const { row, unit, ...told } of await breachesWithUnit(db()).where(eq(breaches.state, 'open'))) {
		const { warnAt, dueAt, metAt, overdue } = breachClock({ ...row, ...told }, now());
		if (metAt || warnAt > now()) continue;
		const stage = overdue ? 'breach_overdue' : 'breach_due';
		await transaction((tx) => notifyKeepers(tx, stage, row, unit, dueAt));
	}
}
