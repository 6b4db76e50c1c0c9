import { and, asc, eq } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { MailboxError, MAX_MESSAGE_BYTES, type Inbox, type InboxEntry } from '#lib/server/integrations/mail/imap.ts';
import { parseMail } from '#lib/server/integrations/mail/mime.ts';
import { retentionStart } from '../outbox.ts';
import { noteWorked, type ConnectionRow } from '../connections/connections.ts';
import { storeArrived, type IncomingRow } from '../incoming/store-message.ts';
import { mailIdentity } from './mail-identity.ts';
import { countTry, isDiskFull, MAX_TRIES, setMailAside, processMail } from './process-mail.ts';

/** Another process reads the mailbox now. */
export class LeaseLost extends Error {
	override name = 'LeaseLost';
}

/** How far a mailbox was read. After it moved to another server, messages below `rescanBelow` may be known already. */
type Position = NonNullable<ConnectionRow['position']>;

/** What the reader of a connection needs. `keepLease` throws LeaseLost if another process reads the mailbox. */
export interface Reading {
	connection: ConnectionRow;
	readerId: string;
	inbox: Inbox;
	signal: AbortSignal;
	keepLease: () => Promise<void>;
}

/**
 * Processes what a former reader left behind, and then the new messages in the order of their UIDs. Each message
 * becomes a row in the commit that moves the position, and is processed after that, so a crash at any point processes
 * it once.
 */
export async function readNewMail(reading: Reading): Promise<void> {
	const { connection, inbox, signal, keepLease } = reading;
	await keepLease();
	let diskFull: unknown;
	// A stored message whose files have no room waits, and the others do not wait with it.
	const unlessFull = (work: Promise<void>) =>
		work.catch((error: unknown) => {
			if (!isDiskFull(error)) throw error;
			diskFull = error;
		});
	for (const row of await unfinished(connection)) {
		if (signal.aborted) return;
		await keepLease();
		await unlessFull(retryUnfinished(reading, row));
	}
	let position = await presentPosition(reading);
	for (const entry of await inbox.entriesAfter(position.lastUid)) {
		if (signal.aborted) return;
		await keepLease();
		position = { ...position, lastUid: entry.uid };
		// Without room for its row the round ends here, so that the position never passes it.
		const stored = await storeNext(reading, entry, position);
		if (stored) await unlessFull(processStored(connection, stored));
	}
	if (diskFull) throw diskFull;
	await noteWorked(connection.id);
}

/** A new connection begins with the next message: what was in the mailbox before was answered by people. */
async function presentPosition(reading: Reading): Promise<Position> {
	const { connection, inbox } = reading;
	const [row] = await db()
		.select({ position: connections.position })
		.from(connections)
		.where(eq(connections.id, connection.id));
	const stored = row?.position;
	const { uidValidity } = inbox;
	const nextUid = await inbox.nextUid();
	// UIDs only grow. If they are lower, the server was restored from its own backup.
	if (stored?.uidValidity === uidValidity && stored.lastUid < nextUid) return stored;
	const position = stored
		? { ...stored, uidValidity, lastUid: 0, rescanBelow: nextUid }
		: { uidValidity, lastUid: Math.max(0, nextUid - 1), since: now().toISOString() };
	await transaction((tx) => movePosition(tx, reading, position));
	return position;
}

/**
 * Stores how far the mailbox was read. @throws LeaseLost if another process reads it now, or an administrator has
 * chosen another mailbox or server
 */
async function movePosition(tx: Tx, { connection, readerId }: Reading, position: Position): Promise<void> {
	const { id, readBy, address, settings } = connections;
	const sameMailbox = and(eq(address, connection.address), eq(settings, connection.settings));
	const moved = await tx
		.update(connections)
		.set({ position })
		.where(and(eq(id, connection.id), eq(readBy, readerId), sameMailbox))
		.returning({ id });
	if (moved.length === 0) throw new LeaseLost(connection.id);
}

/** How much the clock of a mail server may be behind. Its times also have whole seconds only. */
const CLOCKS_DIFFER_MS = MINUTE_MS;

interface StoredMail {
	row: IncomingRow;
	/** The headers alone if the message is too large. */
	bytes: Uint8Array;
	tooLarge: boolean;
}

/** @returns the new message, or undefined if nothing is left to process */
async function storeNext(reading: Reading, entry: InboxEntry, position: Position): Promise<StoredMail | undefined> {
	const { connection } = reading;
	const tooLarge = entry.bytes > MAX_MESSAGE_BYTES;
	const rescanned = position.rescanBelow !== undefined && entry.uid < position.rescanBelow;
	// In a mailbox that moved: mail from before it was first read, or so old that the decision about it is deleted.
	const firstRead = position.since ? new Date(position.since) : connection.createdAt;
	const since = Math.max(firstRead.getTime() - CLOCKS_DIFFER_MS, retentionStart().getTime());
	const old = rescanned && entry.arrivedAt.getTime() < since;
	const bytes = old ? undefined : await fetchMessage(reading, entry, position, tooLarge);
	// Old, set aside, or deleted by a person before it could be read.
	if (!bytes) {
		await transaction((tx) => movePosition(tx, reading, position));
		return undefined;
	}
	const { messageId, onceKey } = mailIdentity(connection.address, bytes, tooLarge ? entry.bytes : undefined);
	const row = await transaction(async (tx) => {
		await movePosition(tx, reading, position);
		if (rescanned && messageId && (await isKnown(tx, connection, messageId))) return undefined;
		return storeArrived(tx, connection, {
			onceKey,
			externalId: messageId,
			source: { uid: entry.uid, uidValidity: position.uidValidity },
			bytes: entry.bytes,
			sentAt: entry.arrivedAt
		});
	});
	return row && { row, bytes, tooLarge };
}

async function processStored(connection: ConnectionRow, { row, bytes, tooLarge }: StoredMail): Promise<void> {
	await noteWorked(connection.id, { message: row.sentAt });
	if (tooLarge) await setTooLargeAside(connection, row, bytes);
	else await processMail(connection, row, bytes);
}

/** Begins the key of a message that could not be fetched. Nothing is known of its content. */
const UNREAD_KEY = 'mail-uid:';

/** Fetches in a row that failed for the next message of a mailbox, in this process. */
const failedFetches = new Map<string, { uid: number; times: number }>();

/**
 * Fetches a message, or its headers if it is too large. A message that the server fails to deliver three times is set
 * aside, so that it does not stop the mailbox.
 * @returns undefined if it was set aside or is gone
 */
async function fetchMessage(
	reading: Reading,
	{ uid, bytes, arrivedAt }: InboxEntry,
	position: Position,
	tooLarge: boolean
): Promise<Uint8Array | undefined> {
	const { connection, inbox } = reading;
	try {
		return await inbox.read(uid, tooLarge ? 'headers' : 'source');
	} catch (error) {
		// If the reader itself closed the connection, the message is not at fault.
		if (reading.signal.aborted) throw error;
		const before = failedFetches.get(connection.id);
		const times = before?.uid === uid ? before.times + 1 : 1;
		failedFetches.set(connection.id, { uid, times });
		if (times < MAX_TRIES) throw error;
	}
	failedFetches.delete(connection.id);
	const { uidValidity } = position;
	const row = await transaction(async (tx) => {
		await movePosition(tx, reading, position);
		return storeArrived(tx, connection, {
			onceKey: `${UNREAD_KEY}${connection.id}:${uidValidity}:${uid}`,
			source: { uid, uidValidity },
			bytes,
			sentAt: arrivedAt
		});
	});
	if (row) await setMailAside(row, 'unreadable');
	return undefined;
}

async function setTooLargeAside(connection: ConnectionRow, row: IncomingRow, headers: Uint8Array): Promise<void> {
	const parsed = await parseMail(headers);
	await setMailAside(row, 'too_large', 'mail' in parsed ? { mail: parsed.mail, connection } : undefined);
}

async function isKnown(tx: Tx, { address }: ConnectionRow, messageId: string): Promise<boolean> {
	const [known] = await tx
		.select({ id: incomingMessages.id })
		.from(incomingMessages)
		.innerJoin(connections, eq(connections.id, incomingMessages.connectionId))
		.where(and(eq(incomingMessages.externalId, messageId), eq(connections.address, address)))
		.limit(1);
	return known !== undefined;
}

/** Messages that were stored and not processed: the process ended, a try failed or the disk was full. */
const unfinished = ({ id }: ConnectionRow): Promise<IncomingRow[]> =>
	db()
		.select()
		.from(incomingMessages)
		.where(and(eq(incomingMessages.connectionId, id), eq(incomingMessages.state, 'stored')))
		.orderBy(asc(incomingMessages.id));

async function retryUnfinished({ connection, inbox, signal }: Reading, row: IncomingRow): Promise<void> {
	const { uid, uidValidity } = (row.source ?? {}) as { uid?: number; uidValidity?: string };
	const tooLarge = row.bytes > MAX_MESSAGE_BYTES;
	const read = async (at: number | undefined) => {
		const found = at ? await inbox.read(at, tooLarge ? 'headers' : 'source') : undefined;
		return found && isMessageOf(row, connection, found, tooLarge) ? found : undefined;
	};
	let bytes: Buffer | undefined;
	try {
		bytes = uidValidity === inbox.uidValidity ? await read(uid) : undefined;
		// On another server it has another UID.
		bytes ??= row.externalId ? await read(await inbox.find(row.externalId)) : undefined;
	} catch (error) {
		if (!signal.aborted && (await countTry(row)) >= MAX_TRIES) await setMailAside(row, 'unreadable');
		// A server that refuses a search still gives the other messages.
		if (error instanceof MailboxError && error.fault === 'protocol') return;
		throw error;
	}
	if (!bytes) return setMailAside(row, 'gone');
	if (tooLarge) return setTooLargeAside(connection, row, bytes);
	await processMail(connection, row, bytes);
}

/** Whether this is the message of the row, and not another one with its UID or Message-ID. */
const isMessageOf = (row: IncomingRow, { address }: ConnectionRow, bytes: Uint8Array, tooLarge: boolean): boolean =>
	row.onceKey.startsWith(UNREAD_KEY) ||
	mailIdentity(address, bytes, tooLarge ? row.bytes : undefined).onceKey === row.onceKey;
