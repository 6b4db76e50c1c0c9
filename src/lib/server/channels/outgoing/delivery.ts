import { and, desc, eq, inArray, isNull, lt, not, notInArray, or, sql } from 'drizzle-orm';
import { isOfHeldCase } from '#lib/server/cases/retention-locks.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import {
	isOfConnection,
	isRepairable,
	refusalOfCode,
	type SendOutcome
} from '#lib/server/integrations/whatsapp/client.ts';
import { DELIVERY_STATES, type WhatsAppStatus } from '#lib/server/integrations/whatsapp/webhook.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import {
	claimAttempt,
	endAttempt,
	scheduleRetry,
	endUndelivered,
	retentionStart,
	markUndelivered,
	markSending,
	sweepOutbox
} from '../outbox.ts';
import {
	noteArrived,
	noteFailed,
	noteWorked,
	LAST_MESSAGES_UNSENT,
	type ConnectionRow
} from '../connections/connections.ts';
import { hashMessageId } from '../hash-message-id.ts';
import { prepareSms } from '../sms/prepare-message.ts';
import { prepareWhatsApp } from '../whatsapp/prepare-message.ts';
import { MESSAGES } from './queue.ts';

type OutgoingRow = typeof outgoingMessages.$inferSelect;

/**
 * A message that is ready to be sent. `note`: how it is sent, if not as it stands. `hasTemplate`: the next attempt sends the
 * template if WhatsApp takes no free text.
 */
interface Ready {
	send: () => Promise<SendOutcome>;
	note?: string;
	hasTemplate?: boolean;
}
/** A message that is ready, or why it never will be sent. */
type Prepared = Ready | { fails: string };

const PREPARE = { whatsapp: prepareWhatsApp, sms: prepareSms };

/**
 * Tries once to send a message, unless its connection is paused or removed. The row becomes `sending` just before the call.
 *
 * @param attempt number of this attempt. A late or repeated job finds another number and does nothing
 */
export async function deliverMessage(messageId: string, attempt: number): Promise<void> {
	if (await outgoingHeld()) return;
	const [found] = await db()
		.select({ connection: connections, conversation: conversations, of: { formerChats: cases.formerChats } })
		.from(outgoingMessages)
		.innerJoin(connections, eq(connections.id, outgoingMessages.connectionId))
		.innerJoin(conversations, eq(conversations.id, outgoingMessages.conversationId))
		.leftJoin(cases, eq(cases.id, conversations.caseId))
		.where(and(eq(outgoingMessages.id, messageId), isNull(connections.pausedAt), isNull(connections.removedAt)));
	const row = found && (await claimAttempt(MESSAGES, messageId, attempt));
	if (!row) return;
	const { connection, conversation, of } = found;
	const prepared: Prepared =
		connection.channel === 'email'
			? { fails: 'undeliverable' }
			: await PREPARE[connection.channel](row, connection, conversation, of);
	if ('fails' in prepared) return endRow(row, { state: 'failed', reason: prepared.fails });
	await markSending(MESSAGES, row, prepared.note);
	await settle(row, connection.channel, await prepared.send(), prepared);
}

const endRow = (row: OutgoingRow, undelivered: { state: 'failed' | 'unknown'; reason: string }) =>
	transaction((tx) => endUndelivered(tx, MESSAGES, row, undelivered));

/** The code of a connection's fault, for which `lib/words/channels.ts` has a text. Error codes of Meta are kept. */
function faultOf(channel: ConnectionRow['channel'], reason: string): string {
	if (reason === 'token') return `${channel}_token`;
	if (channel === 'sms') return 'sms_gateway';
	return reason.startsWith('code_') ? reason : 'whatsapp_unreachable';
}

async function settle(
	row: OutgoingRow,
	channel: ConnectionRow['channel'],
	outcome: SendOutcome,
	{ note = null, hasTemplate }: { note?: string | null; hasTemplate?: boolean }
): Promise<void> {
	if (outcome.kind === 'sent') {
		const externalId = outcome.externalId ? hashMessageId(outcome.externalId) : null;
		// The id and the state in one statement: a crash between two would leave a sent message as unknown.
		await endAttempt(MESSAGES, row, { state: 'sent', sentAt: now(), reason: note, externalId });
		return noteWorked(row.connectionId);
	}
	const { reason } = outcome;
	if (outcome.kind === 'later') await scheduleRetry(MESSAGES, row, reason, outcome.retryAfterMs);
	else if (outcome.kind === 'refused' && (isRepairable(outcome.reason) || (hasTemplate && reason === 'window_over')))
		await scheduleRetry(MESSAGES, row, reason);
	else if (outcome.kind === 'unknown') await endRow(row, { state: 'unknown', reason: note ?? reason });
	else await endRow(row, { state: 'failed', reason });
	if (outcome.kind === 'later' || (outcome.kind === 'refused' && isOfConnection(outcome.reason)))
		await noteFailed(row.connectionId, faultOf(channel, reason));
	else if (await areNewestLost(row.connectionId)) await noteFailed(row.connectionId, LAST_MESSAGES_UNSENT);
}

/** Undelivered messages in a row after which the connection has failed. Fewer may be those of one person. */
const LOST_IN_A_ROW = 3;
/** Refusals of a gateway that may be about one message or about how all of them are written. */
const OF_FORM: readonly (string | null)[] = ['code_400', 'code_422'];

/** Whether the newest messages of a connection all may not have arrived or were refused for their form. */
async function areNewestLost(connectionId: string): Promise<boolean> {
	const { state, reason, createdAt } = outgoingMessages;
	const isTried = and(notInArray(state, ['waiting', 'sending']), sql`${reason} is distinct from 'restored'`);
	const newest = await db()
		.select({ state, reason })
		.from(outgoingMessages)
		.where(and(eq(outgoingMessages.connectionId, connectionId), isTried))
		.orderBy(desc(createdAt))
		.limit(LOST_IN_A_ROW);
	const isLost = (row: (typeof newest)[number]) => row.state === 'unknown' || OF_FORM.includes(row.reason);
	return newest.length === LOST_IN_A_ROW && newest.every(isLost);
}

/**
 * States that a status may replace: one that comes late changes nothing. A message that waits to be sent again is not sent,
 * if it turns out that it arrived.
 */
const BEFORE: Readonly<Record<WhatsAppStatus['state'], string[]>> = {
	sent: ['waiting', 'sending', 'unknown'],
	delivered: ['waiting', 'sending', 'unknown', 'sent'],
	read: ['waiting', 'sending', 'unknown', 'sent', 'delivered'],
	failed: ['sending', 'unknown', 'sent']
};

/** Attempts to find the message of a status, and seconds between them. */
const STATUS_TRIES = 5;
const STATUS_WAIT_MS = 15_000;

/**
 * Stores what became of a message. A status may come before the answer to its call. It then has our own id, but a provider
 * between the site and WhatsApp may leave that out, so another job tries it again. After that it belongs to a message
 * that was written on the office's phone. `externalId`: the key of the channel's id.
 *
 * A late status of a former attempt counts only if the message arrived, because the present attempt has its own outcome.
 */
export const noteDeliveryStatus = (payload: JobPayloads['message-status']): Promise<void> =>
	transaction((tx) => noteStatusIn(tx, payload));

async function noteStatusIn(tx: Tx, { connectionId, status, tries }: JobPayloads['message-status']): Promise<void> {
	const { externalId, ownId, state, code } = status;
	const { id } = outgoingMessages;
	const [messageId, attempt] = ownId?.split(':') ?? [];
	const named = or(eq(outgoingMessages.externalId, externalId), messageId ? isId(id, messageId) : undefined);
	const [found] = await tx
		.select({
			id,
			externalId: outgoingMessages.externalId,
			state: outgoingMessages.state,
			attempts: outgoingMessages.attempts
		})
		.from(outgoingMessages)
		.where(and(eq(outgoingMessages.connectionId, connectionId), named))
		.for('update');
	if (!found) {
		if (tries > STATUS_TRIES) return;
		const startAfter = fromNow(STATUS_WAIT_MS);
		return enqueue(tx, 'message-status', { connectionId, status, tries: tries + 1 }, { startAfter });
	}
	const isFormer = attempt !== undefined && Number(attempt) < found.attempts;
	if (!BEFORE[state].includes(found.state) || (isFormer && (state === 'sent' || state === 'failed'))) return;
	const which = eq(id, found.id);
	await tx
		.update(outgoingMessages)
		.set({
			state,
			// If the present attempt has no id yet, a reply to the one that arrived is found by its own.
			externalId: isFormer && found.externalId ? undefined : externalId,
			nextAttemptAt: null,
			leaseUntil: null,
			sentAt: sql`coalesce(${outgoingMessages.sentAt}, ${now().toISOString()}::timestamptz)`
		})
		.where(which);
	const reason = code === null ? 'undeliverable' : refusalOfCode(code);
	if (state !== 'failed') return noteArrived(connectionId, tx);
	await markUndelivered(tx, MESSAGES, which, { state, reason });
	if (isOfConnection(reason)) await noteFailed(connectionId, faultOf('whatsapp', reason), tx);
}

/** Runs each minute. */
export const sweepMessages = () => sweepOutbox(MESSAGES);

/** Runs each night: deletes old settled messages, except those about a held case. */
export async function deleteOldMessages(): Promise<void> {
	const settled = inArray(outgoingMessages.state, [...DELIVERY_STATES, 'unknown', 'withdrawn']);
	await db()
		.delete(outgoingMessages)
		.where(and(settled, lt(outgoingMessages.createdAt, retentionStart()), not(isOfHeldCase(outgoingMessages.caseId))));
}
