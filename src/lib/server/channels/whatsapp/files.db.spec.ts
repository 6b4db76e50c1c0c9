import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { untilWaiting } from '#lib/dev/testing/waiting.ts';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { connections, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { encryptText } from '#lib/server/keys.ts';
import { setUpConnection } from '../connections/connection-forms.ts';
import { connectionById } from '../connections/connections.ts';
import { failedMessages, setAside, settleFailed } from '../incoming/set-aside.ts';
import { processMessage, sweepStored } from '../process-message.ts';

const office = useOffice();
const phone = useWhatsApp(office);

/** A photo whose message is stored and not processed yet. */
async function arrivedPhoto(): Promise<number> {
	const media = phone.store.addMedia(await phonePhoto('jpeg'), 'image/jpeg', null);
	const image = { id: media, mime_type: 'image/jpeg', caption: 'Loket dua' };
	phone.store.say('6281240007001', 'Rahma', { type: 'image', image }, { text: 'Loket dua', media });
	await phone.store.settled();
	return (await stored())[0]?.id ?? 0;
}

const stored = () => db().select().from(incomingMessages).where(eq(incomingMessages.connectionId, phone.connection.id));

/** Runs the jobs of each of the next minutes. @returns how often the message was tried */
async function sweepFor(minutes: number, from: number): Promise<number> {
	let tries = 0;
	for (let minute = 1; minute <= minutes; minute++)
		await atTime(new Date(from + minute * MINUTE_MS), async () => {
			await sweepStored();
			const due = await rowsOf<{ data: { messageId: number } }>(
				db(),
				sql`delete from pgboss.job where name = 'message-take' returning data`
			);
			for (const { data } of due) await processMessage(data.messageId).catch(() => undefined);
			tries += due.length;
		});
	return tries;
}

test('a photo that waited for two days is tried over hours, and stays for another try if the service is away', async () => {
	const { id, settings } = phone.connection;
	const messageId = await arrivedPhoto();
	await setAside(db(), messageId, 'failed', 'token_refused');
	const away = { ...settings, baseUrl: 'http://127.0.0.1:9' };
	await db().update(connections).set({ settings: away }).where(eq(connections.id, id));
	const monday = Date.now() + 2 * DAY_MS;
	await settleFailed(office.handler, { message: messageId, settle: 'again' });
	expect(await sweepFor(20, monday)).toBeLessThan(6);
	expect(await stored()).toMatchObject([{ state: 'stored', refusedFiles: [] }]);
	await sweepFor(230, monday + 20 * MINUTE_MS);
	expect(await stored()).toMatchObject([{ state: 'failed', reason: 'not_processed' }]);
	await db().update(connections).set({ settings }).where(eq(connections.id, id));
	await settleFailed(office.handler, { message: messageId, settle: 'again' });
	await processMessage(messageId);
	expect(await db().$count(incomingFiles, eq(incomingFiles.messageId, messageId))).toBe(1);
});

test('a photo waits for room while the disk is full, also after its last attempt', async () => {
	const messageId = await arrivedPhoto();
	await db().update(incomingMessages).set({ attempts: 14 }).where(eq(incomingMessages.id, messageId));
	const none = () => ({ free: 100_000_000, size: 10_000_000_000 });
	await expect(withDiskSpace(none, () => processMessage(messageId))).rejects.toThrow();
	// Another failure after that is not the last one.
	expect(await stored()).toMatchObject([{ state: 'stored', attempts: 7, refusedFiles: [] }]);
	await processMessage(messageId);
	expect(await stored()).toMatchObject([{ state: 'done', refusedFiles: [] }]);
});

test.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a second job for a message changes nothing after the first has processed it',
	async () => {
		const messageId = await arrivedPhoto();
		const { promise: started, resolve: start } = Promise.withResolvers<void>();
		const { promise: released, resolve: release } = Promise.withResolvers<void>();
		const first = transaction(async (tx) => {
			await tx.update(incomingMessages).set({ state: 'done' }).where(eq(incomingMessages.id, messageId));
			start();
			await released;
		});
		await started;
		const second = processMessage(messageId);
		await untilWaiting(1).finally(release);
		await Promise.all([first, second]);
		expect(await stored()).toMatchObject([{ state: 'done', attempts: 0 }]);
	}
);

test('a photo that came while the token was refused is fetched when there is a new token', async () => {
	const { id, address, settings } = phone.connection;
	const secretsSealed = await encryptText(JSON.stringify({ ...WHATSAPP_SANDBOX, token: 'expired' }));
	await db().update(connections).set({ secretsSealed }).where(eq(connections.id, id));
	const messageId = await arrivedPhoto();

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
