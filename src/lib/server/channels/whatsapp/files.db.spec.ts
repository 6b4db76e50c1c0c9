import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';
import { setUpConnection } from '../connections/connection-forms.ts';
import { connectionById } from '../connections/connections.ts';
import { failedMessages } from '../incoming/set-aside.ts';
import { processMessage } from '../process-message.ts';

const office = useOffice();
const phone = useWhatsApp(office);

test('a photo that came while the token was refused is fetched when there is a new token', async () => {
	const { id, address, settings } = phone.connection;
	const secretsSealed = await encryptText(JSON.stringify({ ...WHATSAPP_SANDBOX, token: 'expired' }));
	await db().update(connections).set({ secretsSealed }).where(eq(connections.id, id));
	const media = phone.store.addMedia(await phonePhoto('jpeg'), 'image/jpeg', null);
	const image = { id: media, mime_type: 'image/jpeg', caption: 'Loket dua' };
	phone.store.say('6281240007001', 'Rahma', { type: 'image', image }, { text: 'Loket dua', media });
	await phone.store.settled();
	const stored = () => db().select().from(incomingMessages).where(eq(incomingMessages.connectionId, id));
	const messageId = (await stored())[0]?.id ?? 0;

	await expect(processMessage(messageId)).rejects.toThrow();
	expect(await connectionById(id, 'whatsapp')).toMatchObject({ lastError: 'whatsapp_token' });
	expect(await stored()).toMatchObject([{ state: 'stored' }]);
	await db().update(incomingMessages).set({ attempts: 14 }).where(eq(incomingMessages.id, messageId));
	await expect(processMessage(messageId)).rejects.toThrow();
	const { items } = await failedMessages(office.handler);
	expect(items).toMatchObject([{ id: messageId, reason: 'token_refused', seen: { text: 'Loket dua' } }]);

	const admin = await makeActor([[office.unit.id, 'admin']]);
	const { token } = WHATSAPP_SANDBOX;
	expect(await setUpConnection(admin, office.unit.code, 'whatsapp', { ...settings, address, token })).toBe(true);
	await processMessage(messageId);
	expect(await stored()).toMatchObject([{ state: 'done', body: 'Loket dua', refusedFiles: [] }]);
	expect(await db().$count(incomingFiles, eq(incomingFiles.messageId, messageId))).toBe(1);
});
