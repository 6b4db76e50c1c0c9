import { and, eq, inArray, sql } from 'drizzle-orm';
import { breachClock } from '#lib/privacy/breach.ts';
import { now } from '#lib/server/clock.ts';
import { db, rowsOf, transaction, type Tx } from '#lib/server/db/index.ts';
import { breaches, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { breachNumber } from '#lib/text/reference-numbers.ts';
import { breachesWithUnit } from './book.ts';
import { notifyResponsible } from './responsible-staff.ts';

/**
 * Counts reporters as not told whose e-mail could not be sent, until it is sent after all. Only an e-mail written since
 * then counts, because a person may have told them later. The mark outlives the e-mail, which is deleted after three
 * months. The key is the one of `queueReporterMail` and `notifyAffected`.
 */
const noteFailedMails = (tx: Tx) =>
	rowsOf<{ id: string }>(
		tx,
		sql`with marked as (update ${breachSubjects} s set told_at = case when failed then null else m.created_at end
			from (select once_key, created_at, state in ('failed', 'withdrawn') as failed from ${mails}) m
			where s.told_how = 'email' and m.once_key = 'reporter:' || s.case_id || ':breach:' || s.breach_id
			and case when failed then m.created_at >= s.told_at else s.told_at is null end
			returning s.breach_id, s.told_at)
		select distinct breach_id as id from marked where told_at is null`
	);

/** Opens closed breaches again whose people turn out not to have been told. @returns their ids */
const reopenUntold = (): Promise<Set<string>> =>
	transaction(async (tx) => {
		const ids = (await noteFailedMails(tx)).map(({ id }) => id);
		const closed = await breachesWithUnit(tx).where(and(eq(breaches.state, 'closed'), inArray(breaches.id, ids)));
		for (const { row, unit } of closed) {
			const reopened = { state: 'open', version: row.version + 1 } as const;
			await tx.update(breaches).set(reopened).where(eq(breaches.id, row.id));
			const subject = breachNumber({ ...row, unit: unit.code });
			const reason = 'Ada e-mail pemberitahuan yang tidak sampai.';
			await recordChange(tx, null, { unitId: unit.id, action: 'breach.reopened', subject, reason });
		}
		return new Set(closed.map(({ row }) => row.id));
	});

/**
 * Runs each minute: notifies of open breaches when two thirds of the time have passed, and again when the time limit has
 * passed, once each. If an e-mail could not be sent after the breach was closed, it is open again, and they are notified
 * of the present stage even if they were before.
 */
export async function notifyOfBreaches(): Promise<void> {
	const reopened = await reopenUntold();
	for (const { row, unit, ...told } of await breachesWithUnit(db()).where(eq(breaches.state, 'open'))) {
		const { warnAt, dueAt, metAt, overdue } = breachClock({ ...row, ...told }, now());
		if (metAt || warnAt > now()) continue;
		const stage = overdue ? 'breach_overdue' : 'breach_due';
		await transaction(async (tx) => {
			const notified = await notifyResponsible(tx, stage, row, unit, dueAt);
			if (notified === 0 && reopened.has(row.id))
				await notifyResponsible(tx, stage, row, unit, dueAt, `:${row.version}`);
		});
	}
}
