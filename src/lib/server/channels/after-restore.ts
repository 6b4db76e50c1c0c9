import { and, eq, gte, lt, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { markSendingMessagesUnknown, releaseMessages } from './outgoing/delivery.ts';

/**
 * After a restore: whether e-mails that were being sent have left is unknown. Those that wait are ready to be sent once an
 * administrator ends the hold.
 *
 * @returns how many wait
 */
export async function markSendingMailsUnknown(tx: Tx): Promise<number> {
	const messages = await markSendingMessagesUnknown(tx);
	const reason = 'restored from a backup while sending';
	await tx
		.update(mails)
		.set({ state: 'unknown', nextAttemptAt: null, leaseUntil: null, reason })
		.where(eq(mails.state, 'sending'));
	const waiting = await tx
		.update(mails)
		.set({ leaseUntil: null, nextAttemptAt: now() })
		.where(eq(mails.state, 'waiting'))
		.returning({ id: mails.id });
	return waiting.length + messages;
}

/**
 * Condition for waiting e-mails that the lost site may already have sent: those written before the restore, and those written
 * after it by jobs of the backup about events before it. E-mails about later events, and those that a person chose to send
 * again, are not among them.
 */
export function possiblySent(restoredAt: Date) {
	const isAboutEarlierEvent = sql`(exists (select from ${notices} where ${notices.onceKey} = substr(${mails.onceKey}, length('notice:') + 1)
			and ${mails.kind} = 'notice' and ${lt(notices.at, restoredAt)})
		or exists (select from ${timeline} where ${timeline.caseId} = ${mails.caseId} and ${lt(timeline.at, restoredAt)}
			and ${mails.onceKey} = 'reporter:' || ${timeline.caseId} || ':' || ${timeline.seq}))`;
	return and(
		eq(mails.state, 'waiting'),
		or(
			sql`coalesce(${mails.waitsFrom}, ${mails.createdAt}) < ${restoredAt.toISOString()}::timestamptz`,
			and(gte(mails.createdAt, restoredAt), isAboutEarlierEvent)
		)
	);
}

/**
 * Sends or drops e-mails and messages that may already have been sent, and sends all others that wait.
 * @returns how many were decided
 */
export async function releaseMails(tx: Tx, restoredAt: Date, decision: 'send' | 'drop'): Promise<number> {
	const messages = await releaseMessages(tx, restoredAt, decision);
	const at = now();
	const drop = { state: 'failed', nextAttemptAt: null, leaseUntil: null, reason: 'dropped after a restore' };
	// The two days of retries begin now, not when the e-mail was written.
	const send = { nextAttemptAt: at, waitsFrom: at };
	const decided = await tx
		.update(mails)
		.set(decision === 'drop' ? drop : send)
		.where(possiblySent(restoredAt))
		.returning({ id: mails.id });
	await tx.update(mails).set(send).where(eq(mails.state, 'waiting'));
	return decided.length + messages;
}
