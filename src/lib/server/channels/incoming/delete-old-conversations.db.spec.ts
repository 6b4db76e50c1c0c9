import { eq, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { fileStore, sweepFiles } from '#lib/server/attachments/store.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { conversations, incomingFiles, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { dismissConversation, referConversation } from './decide.ts';
import { deleteOldConversations } from './delete-old-conversations.ts';
import { storeArrived } from './store-message.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { setAside } from './set-aside.ts';

const office = useOffice();

const FRIDAY = '2027-02-26T07:00:00Z';

test('deletes conversations that are no report, with their files, 90 days after the decision; reports and waiting messages stay', async () => {
	const mailbox = await makeConnection(office.unit);
	const file = keptFile();
	await fileStore().put(file.id, new Uint8Array([1]));
	const from = async (address: string) =>
		(
			await atTime(FRIDAY, () =>
				receive(mailbox, address, 'Antrean lama.', { files: [{ ...file, id: crypto.randomUUID() }] })
			)
		).conversationId;
	const dismissed = (await atTime(FRIDAY, () => receive(mailbox, 'a@contoh.example', 'Promo', { files: [file] })))
		.conversationId;
	const [referred, report, waiting] = [await from('b@x.example'), await from('c@x.example'), await from('d@x.example')];
	await atTime(FRIDAY, async () => {
		await dismissConversation(office.handler, dismissed, { reason: 'spam', seen: 9 });
		await referConversation(office.handler, referred, { seen: 9 });
		await openFromConversation(report, {}, office.handler);
		const machine = await storeArrived(db(), mailbox, { onceKey: `m${mailbox.id}`, bytes: 1, sentAt: now() });
		await setAside(db(), machine?.id ?? 0, 'machine', 'auto_submitted');
	});
	const all = [dismissed, referred, report, waiting];
	const left = async () =>
		(await db().select({ id: conversations.id }).from(conversations).where(inArray(conversations.id, all)))
			.map(({ id }) => id)
			.sort((a, b) => a - b);
	await atTime('2027-05-26T07:00:00Z', deleteOldConversations);
	expect(await left()).toEqual(all);
	await atTime('2027-05-28T07:00:00Z', deleteOldConversations);
	expect(await left()).toEqual([report, waiting]);
	const ofMailbox = eq(incomingMessages.connectionId, mailbox.id);
	expect(await db().$count(incomingMessages, ofMailbox)).toBe(2);
	expect(await db().$count(incomingFiles, eq(incomingFiles.id, file.id))).toBe(0);
	await atTime(new Date(Date.now() + 2 * 86_400_000), sweepFiles);
	expect(await fileStore().read(file.id)).toBeNull();
});

test('the nightly sweep keeps the files of conversations', async () => {
	const mailbox = await makeConnection(office.unit);
	const file = keptFile();
	await fileStore().put(file.id, new Uint8Array([1]));
	await receive(mailbox, 'sari@contoh.example', 'Lihat foto.', { files: [file] });
	await atTime(new Date(Date.now() + 2 * 86_400_000), sweepFiles);
	expect(await fileStore().read(file.id)).not.toBeNull();
});
