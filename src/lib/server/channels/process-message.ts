import { and, asc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { isStorageFullError, logFailedWrite } from '#lib/server/db/free-space.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { FilesRefused } from '#lib/server/errors.ts';
import { enqueueMany } from '#lib/server/jobs/queue.ts';
import { hasOpened } from '#lib/server/people/units/find-unit.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { setAside } from './incoming/set-aside.ts';
import { processSms } from './sms/receive.ts';
import { TokenRefused } from './whatsapp/files.ts';
import { processWhatsApp } from './whatsapp/process.ts';

/** Attempts to process a message. The last one is more than three hours after the first. */
const MOST_ATTEMPTS = 15;
/** An attempt without room on the disk counts up to here, so that hours of attempts remain once there is room. */
const MOST_WITHOUT_ROOM = 7;

/**
 * Processes a stored message of WhatsApp or SMS. While its connection is paused or its office has not opened yet, it
 * waits. After the last attempt it is put aside for a person, who can let it be tried again. While the disk is full, it
 * waits for room instead.
 */
export async function processMessage(messageId: number): Promise<void> {
	const isStored = and(eq(incomingMessages.id, messageId), eq(incomingMessages.state, 'stored'));
	const [found] = await db()
		.select({ message: incomingMessages, connection: connections })
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.where(isStored);
	const unit = found && (await referenceData()).unitById.get(found.connection.unitId);
	if (!found || !unit || found.connection.pausedAt || !hasOpened(unit)) return;
	const { message, connection } = found;
	const attempts = message.attempts + 1;
	const source = sql`coalesce(${incomingMessages.source}, '{}') || ${JSON.stringify({ triedAt: now() })}::jsonb`;
	// Another job may have processed it since it was read.
	const [tried] = await db()
		.update(incomingMessages)
		.set({ attempts, source })
		.where(isStored)
		.returning({ id: incomingMessages.id });
	if (!tried) return;
	try {
		if (connection.channel === 'whatsapp') await processWhatsApp(message, connection, unit);
		else await processSms(message, connection);
	} catch (cause) {
		const reason = cause instanceof TokenRefused ? 'token_refused' : 'not_processed';
		if (isDiskFull(cause))
			await db()
				.update(incomingMessages)
				.set({ attempts: Math.min(attempts, MOST_WITHOUT_ROOM) })
				.where(isStored)
				.catch(logFailedWrite('attempts of a message are not stored'));
		else if (attempts >= MOST_ATTEMPTS) await setAside(db(), messageId, 'failed', reason);
		throw cause;
	}
}

const isDiskFull = (cause: unknown): boolean =>
	isStorageFullError(cause) || (cause instanceof FilesRefused && cause.reason === 'no_room');

const BATCH = 200;
/** The next attempt is due one minute after the message came, and 3, 5, 7 … minutes after each attempt. */
const dueAt = sql`coalesce((${incomingMessages.source} ->> 'triedAt')::timestamptz, ${incomingMessages.receivedAt})
	+ (1 + 2 * ${incomingMessages.attempts}) * interval '1 minute'`;

/**
 * Runs each minute: enqueues messages that were not processed, at growing intervals. Puts aside those of removed mailboxes:
 * the site can't read their content there any more.
 */
export async function sweepStored(): Promise<void> {
	const { id, state, receivedAt } = incomingMessages;
	const isRemoved = and(eq(connections.channel, 'email'), isNotNull(connections.removedAt));
	const removed = db().select({ id: connections.id }).from(connections).where(isRemoved);
	await db()
		.update(incomingMessages)
		.set({ state: 'failed', reason: 'removed' })
		.where(and(eq(state, 'stored'), inArray(incomingMessages.connectionId, removed)));
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
				lt(dueAt, sql`${now().toISOString()}::timestamptz`)
			)
		)
		.orderBy(asc(receivedAt))
		.limit(BATCH);
	await transaction((tx) => enqueueMany(tx, 'message-take', rows));
}
