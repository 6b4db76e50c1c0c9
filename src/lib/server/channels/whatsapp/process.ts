import { discardUnlessStored } from '#lib/server/attachments/stored-files.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { decryptText } from '#lib/server/keys.ts';
import type { Unit } from '#lib/server/reference/reference.ts';
import { eq } from 'drizzle-orm';
import type { ConnectionRow } from '../connections/connections.ts';
import type { IncomingRow } from '../incoming/store-message.ts';
import { setAside, UNKNOWN_FORMAT } from '../incoming/set-aside.ts';
import { replyToMessage } from './reply-to-message.ts';
import { filesOf } from './files.ts';
import type { StoredMessage } from './receive.ts';

/** Processes a stored message: fetches its file, then stores the message and what it changes in one transaction. */
export async function processWhatsApp(row: IncomingRow, connection: ConnectionRow, unit: Unit): Promise<void> {
	if (row.source?.unread) return setAside(db(), row.id, 'failed', UNKNOWN_FORMAT);
	const message = JSON.parse(await decryptText(String(row.source?.sealed))) as StoredMessage;
	const kept = await filesOf(connection, message);
	await discardUnlessStored(kept.files, () =>
		transaction(async (tx) => {
			// Of two jobs for one message, the second finds it done.
			const [locked] = await tx.select().from(incomingMessages).where(eq(incomingMessages.id, row.id)).for('update');
			if (locked?.state !== 'stored') return false;
			await replyToMessage({ tx, row: locked, connection, unit, message, ...kept });
			// The conversation keeps the text and the sender.
			await tx.update(incomingMessages).set({ source: null }).where(eq(incomingMessages.id, row.id));
			return true;
		})
	);
}
