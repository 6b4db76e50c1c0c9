import { withoutReceipts } from '#lib/server/cases/receipt.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { encryptText } from '#lib/server/keys.ts';
import { noteUnknownFormatError, type ConnectionRow } from '../connections/connections.ts';
import { hashMessageId } from '../hash-message-id.ts';
import { storeArrived } from './intake.ts';
import { setAside, UNKNOWN_FORMAT } from './set-aside.ts';

const cleaned = (value: unknown) => (typeof value === 'string' ? withoutReceipts(value).text : value);

/** Stores a message in an unknown format once, as it came, for a person to look at. The connection shows the error. */
export async function noteUnknownFormat(tx: Tx, connection: ConnectionRow, content: unknown): Promise<void> {
	const whole = typeof content === 'string' ? content : JSON.stringify(content, (_, value: unknown) => cleaned(value));
	const { text } = withoutReceipts(whole);
	const row = await storeArrived(tx, connection, {
		onceKey: `unread:${connection.id}:${hashMessageId(text)}`,
		source: { sealed: await encryptText(JSON.stringify({ sender: '', text })), unread: true },
		bytes: Buffer.byteLength(text),
		sentAt: now()
	});
	if (row) await setAside(tx, row.id, 'failed', UNKNOWN_FORMAT);
	await noteUnknownFormatError(connection.id, tx);
}
