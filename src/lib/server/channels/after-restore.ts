import { and, eq, gte, lt, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import type { OutboxTable } from './outbox.ts';

const OUTBOXES: readonly OutboxTable[] = [mails, outgoingMessages];

/**
 * Marks the e-mails and messages that were being sent at the backup as `unknown`, because they may have been sent.
 * Those that wait are sent after an administrator has released the hold.
 *
 * @returns how many wait
 */
export async function markSendingUnknown(tx: Tx): Promise<number> {
	let waiting = 0;
	for (const table of OUTBOXES) {
		await tx
			.update(table)
			.set({ state: 'unknown', nextAttemptAt: null, leaseUntil: null, reason: 'restored' })
			.where(eq(table.state, 'sending'));
		const ready = await tx
			.update(table)
			.set({ leaseUntil: null, nextAttemptAt: now() })
			.where(eq(table.state, 'waiting'))
			.returning({ id: table.id });
		waiting += ready.length;
	}
	return waiting;
}

/**
 * Condition for waiting rows that the lost site may already have sent: those written before the restore, and those
 * written after it by jobs of the backup about events before it. Rows about later events, and those that a person chose
 * to send again, are not among them.
 */
function possiblySent(table: OutboxTable, restoredAt: Date) {
	const isAboutEarlierEvent =
		table === mails
			? sql`(exists (select from ${notices} where ${notices.onceKey} = substr(${mails.onceKey}, length('notice:') + 1)
					and ${mails.kind} = 'notice' and ${lt(notices.at, restoredAt)})
				or exists (select from ${timeline} where ${timeline.caseId} = ${mails.caseId} and ${lt(timeline.at, restoredAt)}
					and ${mails.onceKey} = 'reporter:' || ${timeline.caseId} || ':' || ${timeline.seq}))`
			: sql`exists (select from ${timeline} where ${timeline.caseId} = ${table.caseId} and ${lt(timeline.at, restoredAt)}
				and ${table.onceKey} like 'conversation:%:entry:' || ${timeline.seq} || ':%')`;
	return and(
		eq(table.state, 'waiting'),
		or(lt(table.waitsFrom, restoredAt), and(gte(table.createdAt, restoredAt), isAboutEarlierEvent))
	);
}

/** How many waiting e-mails and messages may already have been sent, and when the oldest of them was written. */
export async function countPossiblySent(restoredAt: Date): Promise<{ count: number; oldest: Date | null }> {
	const written = await Promise.all(
		OUTBOXES.map((table) => db().select({ at: table.createdAt }).from(table).where(possiblySent(table, restoredAt)))
	);
	const times = written.flat().map(({ at }) => at.getTime());
	return { count: times.length, oldest: times.length > 0 ? new Date(Math.min(...times)) : null };
}

/**
 * Sends or drops e-mails and messages that may already have been sent, and sends all others that wait.
 * @returns how many were decided
 */
export async function releaseOutboxes(tx: Tx, restoredAt: Date, decision: 'send' | 'drop'): Promise<number> {
	const drop = { state: 'failed', nextAttemptAt: null, leaseUntil: null, reason: 'restored' };
	// The two days of attempts begin now, not when the row was written.
	const send = { nextAttemptAt: now(), waitsFrom: now() };
	let decided = 0;
	for (const table of OUTBOXES) {
		const rows = await tx
			.update(table)
			.set(decision === 'drop' ? drop : send)
			.where(possiblySent(table, restoredAt))
			.returning({ id: table.id });
		await tx.update(table).set(send).where(eq(table.state, 'waiting'));
		decided += rows.length;
	}
	return decided;
}
