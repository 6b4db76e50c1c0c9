import { and, asc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { setAside } from './incoming/set-aside.ts';
import { processSms } from './sms/receive.ts';
import { TokenRefused } from './whatsapp/files.ts';
import { processWhatsApp } from './whatsapp/process.ts';

/** Attempts to process a message. The last one is more than three hours after it came. */
const MOST_ATTEMPTS = 15;

/**
 * Processes a stored message of WhatsApp or SMS. While its connection is paused or its office has not opened yet, it
 * waits. After the last attempt it is put aside for a person.
 */
export async function processMessage(messageId: number): Promise<void> {
	const [found] = await db()
		.select({ message: incomingMessages, connection: connections })
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.where(and(eq(incomingMessages.id, messageId), eq(incomingMessages.state, 'stored')));
	const unit = found && (await referenceData()).unitById.get(found.connection.unitId);
	if (!found || !unit || found.connection.pausedAt || !hasOpened(unit)) return;
	const { message, connection } = found;
	const attempts = message.attempts + 1;
	await db().update(incomingMessages).set({ attempts }).where(eq(incomingMessages.id, messageId));
	const lastTry = attempts >= MOST_ATTEMPTS;
	try {
		if (connection.channel === 'whatsapp') await processWhatsApp(message, connection, unit, lastTry);
		else await processSms(message, connection);
	} catch (cause) {
		const reason = cause instanceof TokenRefused ? 'token_refused' : 'not_processed';
		if (lastTry) await setAside(db(), messageId, 'failed', reason);
		throw cause;
	}
}

const BATCH = 200;

/**
 * Runs each minute: enqueues messages that were not processed, at growing intervals. Puts aside those of removed mailboxes:
 * the site can't read their content there any more.
 */
export async function sweepStored(): Promise<void> {
	const { id, state, receivedAt, attempts } = incomingMessages;
	const isRemoved = and(eq(connections.channel, 'email'), isNotNull(connections.removedAt));
	const removed = db().select({ id: connections.id }).from(connections).where(isRemoved);
	await db()
		.update(incomingMessages)
		.set({ state: 'failed', reason: 'removed' })
		.where(and(eq(state, 'stored'), inArray(incomingMessages.connectionId, removed)));
	const before = now().toISOString();
	const opened = [...(await referenceData()).unitById.values()].filter(hasOpened).map((unit) => unit.id);
	const rows = await db()
		.select({ messageId: id })
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.where(
			and(
				eq(state, 'stored'),
				sql`${connections.channel} in ('whatsapp', 'sms')`,
				isNull(connections.pausedAt),
				inArray(connections.unitId, opened),
				lt(sql`${receivedAt} + (1 + ${attempts} * ${attempts}) * interval '1 minute'`, sql`${before}::timestamptz`)
			)
		)
		.orderBy(asc(receivedAt))
		.limit(BATCH);
	await transaction((tx) => enqueueMany(tx, 'message-take', rows));
}
