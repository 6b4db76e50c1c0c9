import { and, eq, inArray, sql } from 'drizzle-orm';
import { breachClock } from '#lib/privacy/breach.ts';
import { now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import { db, rowsOf, transaction, type Tx } from '#lib/server/db/index.ts';
import { breaches, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { breachNumber } from '#lib/text/reference-numbers.ts';
import { breachesWithUnit, type BreachWithUnit } from './book.ts';
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

/** Notifies of the stage that a breach has reached. @returns how many were notified now */
async function notifyOfStage(tx: Tx, { row, unit, ...told }: BreachWithUnit, occasion?: string): Promise<number> {
	const { warnAt, dueAt, metAt, overdue } = breachClock({ ...row, ...told }, now());
	if (metAt || warnAt > now()) return 0;
	return notifyResponsible(tx, overdue ? 'breach_overdue' : 'breach_due', row, unit, dueAt, occasion);
}

/**
 * Opens closed breaches again whose people turn out not to have been told, and notifies of their present stage, even if
 * that was done before.
 */
const reopenUntold = (): Promise<void> =>
	transaction(async (tx) => {
		const ids = (await noteFailedMails(tx)).map(({ id }) => id);
		const closed = await breachesWithUnit(tx).where(and(eq(breaches.state, 'closed'), inArray(breaches.id, ids)));
		for (const found of closed) {
			const { row, unit } = found;
			const reopened = { state: 'open', version: row.version + 1 } as const;
			await tx.update(breaches).set(reopened).where(eq(breaches.id, row.id));
			const subject = breachNumber({ ...row, unit: unit.code });
			const reason = 'Ada e-mail pemberitahuan yang tidak sampai.';
			await recordChange(tx, null, { unitId: unit.id, action: 'breach.reopened', subject, reason });
			if ((await notifyOfStage(tx, found)) === 0) await notifyOfStage(tx, found, `:${reopened.version}`);
		}
	});

/**
 * Runs each minute: notifies of open breaches when two thirds of the time have passed, and again when the time limit has
 * passed, once each. If an e-mail could not be sent after the breach was closed, it is open again. A breach that fails does
 * not block the others.
 */
export async function notifyOfBreaches(): Promise<void> {
	const open = await breachesWithUnit(db()).where(eq(breaches.state, 'open'));
	const rows = open.map((found) => ({ id: found.row.id, found }));
	await eachInTransaction(rows, (tx, { found }) => notifyOfStage(tx, found), 'no notice of a breach was written');
	await reopenUntold();
}
