import { and, asc, eq, gt, inArray, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { refusalOfCode, SEND_LIMIT_MS, type SendOutcome } from '#lib/server/integrations/whatsapp/client.ts';
import { STATUSES, type WhatsAppStatus } from '#lib/server/integrations/whatsapp/webhook.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { noteFailed, noteWorked } from '../connections/connections.ts';
import { nextTry } from '../mail-delivery.ts';
import { prepareSms } from '../sms/send.ts';
import { prepareWhatsApp } from '../whatsapp/send.ts';
import { storeLost, type Loss } from './lost.ts';
import { MESSAGE_JOB_MS } from './queue.ts';

type OutgoingRow = typeof outgoingMessages.$inferSelect;

/** A message that is ready to be sent, or why it never will be. `note`: how it is sent, if not as it stands. */
type Prepared = { send: () => Promise<SendOutcome>; note?: string } | { fails: string };

const PREPARE = { whatsapp: prepareWhatsApp, sms: prepareSms };

/** Longer than the longest exchange, so that an expired lease means a dead worker. */
const LEASE_MS = SEND_LIMIT_MS + MINUTE_MS;
const leaseEnd = () => new Date(now().getTime() + LEASE_MS);
const withoutLease = () => or(isNull(outgoingMessages.leaseUntil), lte(outgoingMessages.leaseUntil, now()));
const before = (ms: number) => new Date(now().getTime() - ms);

/**
 * Tries once to send a message, as `deliverMail` does: the row is `sending` from just before the call. If its outcome is
 * lost, the message becomes `unknown` and is not sent again by itself.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverMessage(messageId: string, attempt: number): Promise<void> {
	if (await outgoingHeld()) return;
	const claimed = await claim(messageId, attempt);
	if (!claimed) return;
	const { row, connection, conversation } = claimed;
	const prepared: Prepared =
		connection.channel === 'email'
			? { fails: 'undeliverable' }
			: await PREPARE[connection.channel](row, connection, conversation);
	if ('fails' in prepared) return lose(row, { state: 'failed', reason: prepared.fails });
	await markSending(row);
	const outcome = await prepared.send();
	await settle(row, connection.id, outcome, prepared.note);
}

/** Claims the row. The attempt counter is the fence, because each number is used once. A paused connection sends nothing. */
async function claim(messageId: string, attempt: number) {
	const [found] = await db()
		.select({ connection: connections, conversation: conversations })
		.from(outgoingMessages)
		.innerJoin(connections, eq(connections.id, outgoingMessages.connectionId))
		.innerJoin(conversations, eq(conversations.id, outgoingMessages.conversationId))
		.where(and(eq(outgoingMessages.id, messageId), isNull(connections.pausedAt), isNull(connections.removedAt)));
	if (!found) return undefined;
	const [row] = await db()
		.update(outgoingMessages)
		.set({ attempts: attempt, leaseUntil: leaseEnd() })
		.where(
			and(
				eq(outgoingMessages.id, messageId),
				eq(outgoingMessages.state, 'waiting'),
				eq(outgoingMessages.attempts, attempt - 1),
				withoutLease()
			)
		)
		.returning();
	return row && { row, ...found };
}

const ofAttempt = (row: OutgoingRow) =>
	and(eq(outgoingMessages.id, row.id), eq(outgoingMessages.attempts, row.attempts));

async function markSending(row: OutgoingRow): Promise<void> {
	const [marked] = await db()
		.update(outgoingMessages)
		.set({ state: 'sending', leaseUntil: leaseEnd() })
		.where(and(ofAttempt(row), eq(outgoingMessages.state, 'waiting'), gt(outgoingMessages.leaseUntil, now())))
		.returning({ id: outgoingMessages.id });
	if (!marked) throw new Error('the message is held by another worker');
}

/** Condition for the attempt, unless a status said meanwhile that the message arrived. */
const running = (row: OutgoingRow) => and(ofAttempt(row), inArray(outgoingMessages.state, ['waiting', 'sending']));

async function end(row: OutgoingRow, outcome: Partial<OutgoingRow>): Promise<void> {
	await db()
		.update(outgoingMessages)
		.set({ nextAttemptAt: null, leaseUntil: null, ...outcome })
		.where(running(row));
}

const lose = (row: OutgoingRow, loss: Loss): Promise<void> => transaction((tx) => storeLost(tx, running(row), loss));

async function settle(row: OutgoingRow, connectionId: string, outcome: SendOutcome, note?: string): Promise<void> {
	if (outcome.outcome === 'sent') {
		const { externalId } = outcome;
		// A status may have come before the answer. Then only the id, and how it was sent, are missing.
		await db()
			.update(outgoingMessages)
			.set({ externalId: externalId || null, sentAt: now(), ...(note && { reason: note }) })
			.where(ofAttempt(row));
		await end(row, { state: 'sent', reason: note ?? null });
		return noteWorked(connectionId);
	}
	const { reason } = outcome;
	if (outcome.outcome === 'unknown') return lose(row, { state: 'unknown', reason });
	if (outcome.outcome === 'refused') {
		if (reason === 'token') await noteFailed(connectionId, reason);
		return lose(row, { state: 'failed', reason });
	}
	const next = nextTry(now(), { tries: row.attempts, since: row.createdAt });
	await (next ? end(row, { state: 'waiting', nextAttemptAt: next, reason }) : lose(row, { state: 'failed', reason }));
	await noteFailed(connectionId, reason);
}

/** States that a status may replace: one that comes late changes nothing. */
const BEFORE: Readonly<Record<WhatsAppStatus['state'], string[]>> = {
	sent: ['sending', 'unknown'],
	delivered: ['sending', 'unknown', 'sent'],
	read: ['sending', 'unknown', 'sent', 'delivered'],
	failed: ['sending', 'unknown', 'sent']
};

/** Attempts to find the message of a status, and seconds between them. */
const STATUS_TRIES = 5;
const STATUS_WAIT_MS = 15_000;

/**
 * Stores what became of a message. A status of a message whose id is not known yet is tried again by a job; after that it
 * belongs to a message that was written on the office's phone.
 */
export async function applyStatus(tx: Tx, connectionId: string, status: WhatsAppStatus, tries = 1): Promise<void> {
	const { externalId, ownId, state, code } = status;
	const [found] = await tx
		.select({ id: outgoingMessages.id, state: outgoingMessages.state })
		.from(outgoingMessages)
		.where(
			and(
				eq(outgoingMessages.connectionId, connectionId),
				or(eq(outgoingMessages.externalId, externalId), ownId ? eq(outgoingMessages.id, ownId) : undefined)
			)
		)
		.for('update');
	if (!found) {
		if (tries > STATUS_TRIES) return;
		const startAfter = new Date(now().getTime() + STATUS_WAIT_MS);
		return enqueue(tx, 'message-status', { connectionId, status, tries: tries + 1 }, { startAfter });
	}
	if (!BEFORE[state].includes(found.state)) return;
	const which = eq(outgoingMessages.id, found.id);
	if (state === 'failed') {
		const reason = code === null ? 'undeliverable' : refusalOfCode(code);
		return storeLost(tx, which, { state, reason, externalId });
	}
	const sentAt = sql`coalesce(${outgoingMessages.sentAt}, ${now().toISOString()}::timestamptz)`;
	await tx
		.update(outgoingMessages)
		.set({ state, externalId, nextAttemptAt: null, leaseUntil: null, sentAt })
		.where(which);
}

/** The job that tries a status again. */
export const retryStatus = (payload: { connectionId: string; status: WhatsAppStatus; tries: number }): Promise<void> =>
	transaction((tx) => applyStatus(tx, payload.connectionId, payload.status, payload.tries));

const BATCH = 500;
/** After two days a message is out of date and fails. */
const MAX_AGE_MS = 48 * HOUR_MS;

/** Runs each minute: marks messages of dead workers as unknown, fails those that are too old, and enqueues due ones. */
export async function sweepMessages(): Promise<void> {
	const died = and(eq(outgoingMessages.state, 'sending'), lte(outgoingMessages.leaseUntil, now()));
	await loseEach(died, { state: 'unknown', reason: 'worker_died' });
	if (await outgoingHeld()) return;
	const isWaiting = eq(outgoingMessages.state, 'waiting');
	const tooOld = and(isWaiting, lt(outgoingMessages.createdAt, before(MAX_AGE_MS + MESSAGE_JOB_MS)), withoutLease());
	await loseEach(tooOld, { state: 'failed', reason: 'too_old' });
	const due = and(isWaiting, lte(outgoingMessages.nextAttemptAt, now()), withoutLease());
	const rows = await db()
		.select({ id: outgoingMessages.id })
		.from(outgoingMessages)
		.where(due)
		.orderBy(asc(outgoingMessages.nextAttemptAt))
		.limit(BATCH);
	if (rows.length === 0) return;
	await transaction(async (tx) => {
		const claimed = await tx
			.update(outgoingMessages)
			.set({ nextAttemptAt: new Date(now().getTime() + MESSAGE_JOB_MS) })
			.where(
				and(
					inArray(
						outgoingMessages.id,
						rows.map(({ id }) => id)
					),
					due
				)
			)
			.returning({ id: outgoingMessages.id, attempts: outgoingMessages.attempts });
		for (const { id, attempts } of claimed)
			await enqueue(tx, 'message-deliver', { messageId: id, attempt: attempts + 1 });
	});
}

/** Each in a transaction of its own, so that no two cases are locked at once. */
async function loseEach(which: SQL | undefined, loss: Loss): Promise<void> {
	const rows = await db().select({ id: outgoingMessages.id }).from(outgoingMessages).where(which).limit(BATCH);
	for (const { id } of rows) await transaction((tx) => storeLost(tx, and(eq(outgoingMessages.id, id), which), loss));
}

/** Days for which settled messages are kept, as e-mails are. */
const KEPT_DAYS = 90;

/** Runs each night: deletes old settled messages. */
export async function deleteOldMessages(): Promise<void> {
	const settled = inArray(outgoingMessages.state, [...STATUSES, 'unknown', 'withdrawn']);
	await db()
		.delete(outgoingMessages)
		.where(and(settled, lt(outgoingMessages.createdAt, before(KEPT_DAYS * DAY_MS))));
}

/**
 * After a restore: whether messages that were being sent have left is unknown. Those that wait are held with the e-mails.
 * @returns how many wait
 */
export async function markSendingMessagesUnknown(tx: Tx): Promise<number> {
	await tx
		.update(outgoingMessages)
		.set({ state: 'unknown', nextAttemptAt: null, leaseUntil: null, reason: 'restored' })
		.where(eq(outgoingMessages.state, 'sending'));
	return tx.$count(outgoingMessages, eq(outgoingMessages.state, 'waiting'));
}

/** Condition for waiting messages that the lost site may already have sent, as `possiblySent` for e-mails. */
export function possiblySentMessages(restoredAt: Date) {
	const isAboutEarlierEvent = sql`exists (select from ${timeline} where ${timeline.caseId} = ${outgoingMessages.caseId}
		and ${lt(timeline.at, restoredAt)} and ${outgoingMessages.onceKey} like 'conversation:%:entry:' || ${timeline.seq} || ':%')`;
	return and(
		eq(outgoingMessages.state, 'waiting'),
		or(lt(outgoingMessages.createdAt, restoredAt), isAboutEarlierEvent)
	);
}

/**
 * Drops messages that may already have been sent before the restore, or lets them be sent, with all later ones.
 * @returns how many were decided
 */
export async function releaseMessages(tx: Tx, restoredAt: Date, decision: 'send' | 'drop'): Promise<number> {
	const waiting = eq(outgoingMessages.state, 'waiting');
	const decided = await tx.$count(outgoingMessages, possiblySentMessages(restoredAt));
	if (decision === 'drop')
		await tx
			.update(outgoingMessages)
			.set({ state: 'failed', nextAttemptAt: null, leaseUntil: null, reason: 'restored' })
			.where(possiblySentMessages(restoredAt));
	await tx.update(outgoingMessages).set({ nextAttemptAt: now(), createdAt: now(), leaseUntil: null }).where(waiting);
	return decided;
}
