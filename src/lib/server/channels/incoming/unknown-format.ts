import { and, eq, gt } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { withoutReceipts } from '#lib/server/cases/receipt.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';
import { noteUnknownFormatError, type ConnectionRow } from '../connections/connections.ts';
import { hashMessageId } from '../hash-message-id.ts';
import { storeArrived } from './store-message.ts';
import { setAside, UNKNOWN_FORMAT } from './set-aside.ts';

/**
 * The key of an SMS without id and time, which counts as repeated if it comes again within a minute.
 * @returns undefined if it is repeated
 */
export async function keyOfMinute(tx: Tx, keyOf: (minute: number) => string, received: Date) {
	const minute = Math.floor(received.getTime() / MINUTE_MS);
	const { onceKey, receivedAt } = incomingMessages;
	const lately = gt(receivedAt, new Date(received.getTime() - MINUTE_MS));
	const isRepeated = (await tx.$count(incomingMessages, and(eq(onceKey, keyOf(minute - 1)), lately))) > 0;
	return isRepeated ? undefined : keyOf(minute);
}

const cleaned = (value: unknown) => (typeof value === 'string' ? withoutReceipts(value).text : value);

/** Stores a message in an unknown format once, as it came, for a person to look at. The connection shows the error. */
export async function noteUnknownFormat(tx: Tx, connection: ConnectionRow, content: unknown): Promise<void> {
	const whole = typeof content === 'string' ? content : JSON.stringify(content, (_, value: unknown) => cleaned(value));
	const { text } = withoutReceipts(whole);
	const keyOf = (occasion: number | '') => `unread:${connection.id}:${hashMessageId(`${text}${occasion}`)}`;
	// Messages by WhatsApp have an id. Two SMS can have the same words.
	const onceKey = connection.channel === 'sms' ? await keyOfMinute(tx, keyOf, now()) : keyOf('');
	const source = { sealed: await encryptText(JSON.stringify({ sender: '', text })), unread: true };
	const values = { source, bytes: Buffer.byteLength(text), sentAt: now() };
	const row = onceKey && (await storeArrived(tx, connection, { onceKey, ...values }));
	if (row) await setAside(tx, row.id, 'failed', UNKNOWN_FORMAT);
	await noteUnknownFormatError(connection.id, tx);
}
