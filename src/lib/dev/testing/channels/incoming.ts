import type { KeptFile } from '#lib/server/attachments/stored-files.ts';
import type { ConnectionRow } from '#lib/server/channels/connections/connections.ts';
import { storeArrived, placeMessage, type IncomingContent } from '#lib/server/channels/incoming/store-message.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';

/** Creates a connection of an office. */
export async function makeConnection(
	unit: { id: string },
	more: Partial<Pick<ConnectionRow, 'channel' | 'address' | 'dedicated' | 'settings' | 'pausedAt' | 'removedAt'>> = {}
): Promise<ConnectionRow> {
	const [row] = await db()
		.insert(connections)
		.values({
			unitId: unit.id,
			channel: 'email',
			address: 'kantor@contoh.example',
			settings: {},
			secretsSealed: await encryptText('{}'),
			createdAt: now(),
			...more
		})
		.returning();
	if (!row) throw new Error('no connection');
	return row;
}

/** A file as `keepFiles` returns it, without bytes in the store. */
export const keptFile = (mediaType = 'image/jpeg'): KeptFile => ({
	id: crypto.randomUUID(),
	name: null,
	mediaType,
	bytes: 100,
	width: null,
	height: null,
	sha256: crypto.randomUUID()
});

/** Stores and processes a message that a channel delivered now. */
export async function receive(
	connection: ConnectionRow,
	from: string,
	body: string,
	more: Partial<IncomingContent> & { sentAt?: Date; name?: string } = {}
) {
	const { sentAt = now(), name = 'Sari Contoh', ...content } = more;
	const message = await storeArrived(db(), connection, { onceKey: crypto.randomUUID(), bytes: body.length, sentAt });
	if (!message) throw new Error('no message');
	const sender = { name, address: from };
	const place = await transaction((tx) =>
		placeMessage(tx, message, { sender, body, files: [], refusedFiles: [], ...content })
	);
	return { message, place, conversationId: 'conversationId' in place ? place.conversationId : 0 };
}
