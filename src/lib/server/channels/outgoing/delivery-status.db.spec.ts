import { desc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { newCitizen, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { WhatsAppStatus } from '#lib/server/integrations/whatsapp/webhook.ts';
import { connectionById } from '../connections/connections.ts';
import { decideReply } from '../incoming/decide.ts';
import { deliverMessage, noteDeliveryStatus } from './delivery.ts';
import { outgoingAttemptId, queueMessage } from './queue.ts';

const office = useOffice();
const phone = useWhatsApp(office);

/** A message that waits, to somebody who wrote a moment ago. */
async function waiting() {
	await newCitizen(phone).say('Halo');
	const [conversation] = await db().select().from(conversations).orderBy(desc(conversations.id)).limit(1);
	if (!conversation) throw new Error('no conversation');
	await transaction((tx) => queueMessage(tx, conversation, { kind: 'text', text: 'Kabar dari kantor' }, 'kabar'));
	const key = `conversation:${conversation.id}:kabar`;
	const [row] = await db().select().from(outgoingMessages).where(eq(outgoingMessages.onceKey, key));
	if (!row) throw new Error('no message');
	const ofRow = eq(outgoingMessages.id, row.id);
	return {
		id: row.id,
		present: async () => (await db().select().from(outgoingMessages).where(ofRow))[0],
		set: (values: Partial<typeof row>) => db().update(outgoingMessages).set(values).where(ofRow),
		sendAgain: () => decideReply(office.handler, conversation.id, { message: row.id, decision: 'again' })
	};
}
const sendingAttempt = (attempts: number) => ({
	state: 'sending',
	attempts,
	leaseUntil: new Date(Date.now() + HOUR_MS)
});
const note = (status: WhatsAppStatus, { tries = 1, connectionId = phone.connection.id } = {}) =>
	noteDeliveryStatus({ connectionId, status, tries });

test.each([
	[['delivered', 'sent'], 'delivered'],
	[['read', 'delivered', 'sent'], 'read'],
	[['sent', 'failed', 'delivered'], 'failed'],
	[['delivered', 'failed'], 'delivered']
] as const)('statuses in the order %j leave %s', async (states, expected) => {
	const { id, set, present } = await waiting();
	await set(sendingAttempt(1));
	for (const state of states)
		await note({ externalId: `wamid.${id}`, ownId: outgoingAttemptId(id, 1), state, code: 131026 });
	expect((await present())?.state).toBe(expected);
});

describe('a status of a former attempt', () => {
	/** A message whose first attempt is unknown, and which a person has sent again. */
	async function sentAgain() {
		const message = await waiting();
		// The first attempt reaches the phone, but neither the answer nor the statuses reach the site.
		Object.assign(phone.store.faults, { loseResponse: true, withoutStatuses: true });
		await deliverMessage(message.id, 1);
		phone.store.faults.loseResponse = false;
		await message.sendAgain();
		const noteOf = (attempt: number, state: WhatsAppStatus['state'], code: number | null = null) =>
			note({ externalId: `wamid.${attempt}`, ownId: outgoingAttemptId(message.id, attempt), state, code });
		return { ...message, noteOf };
	}

	test('never takes back what the present one reached', async () => {
		const { id, present, noteOf } = await sentAgain();
		await deliverMessage(id, 2);
		const { externalId } = (await present()) ?? {};
		await noteOf(1, 'failed', 131042);
		await noteOf(1, 'sent');
		expect(await present()).toMatchObject({ state: 'sent', externalId });
		expect(await connectionById(phone.connection.id, 'whatsapp')).toMatchObject({ lastError: null });
		await noteOf(2, 'delivered');
		expect(await present()).toMatchObject({ state: 'delivered' });
	});

	test('does not end the one that is being sent', async () => {
		const { set, present, noteOf } = await sentAgain();
		await set(sendingAttempt(2));
		await noteOf(1, 'failed', 131026);
		expect(await present()).toMatchObject({ state: 'sending' });
	});

	test('counts if it says that the message arrived', async () => {
		const { id, present, noteOf } = await sentAgain();
		await deliverMessage(id, 2);
		const { externalId } = (await present()) ?? {};
		await noteOf(1, 'delivered');
		expect(await present()).toMatchObject({ state: 'delivered', externalId });
	});

	test('gives its id to a message whose present attempt has none yet', async () => {
		const { set, present, noteOf } = await sentAgain();
		await set(sendingAttempt(2));
		await noteOf(1, 'delivered');
		expect(await present()).toMatchObject({ state: 'delivered', externalId: 'wamid.1' });
	});

	test('that failed and comes again without our id is not that of the present one', async () => {
		const { set, present, sendAgain } = await waiting();
		const failed = { state: 'failed' as const, code: 131026, externalId: 'wamid.first', ownId: null };
		await set({ state: 'sent', attempts: 1, externalId: failed.externalId });
		await note(failed);
		await sendAgain();
		await set(sendingAttempt(2));
		await note(failed);
		expect(await present()).toMatchObject({ state: 'sending' });
	});
});

test('a status of an unknown message is looked for again, and one of another connection changes nothing', async () => {
	const { id, set, present } = await waiting();
	const status = { externalId: 'wamid.later', ownId: null, state: 'read' as const, code: null };
	await note(status);
	await set({ state: 'sent', externalId: 'wamid.later' });
	const other = { connectionId: '00000000-0000-4000-8000-000000000000', tries: 6 };
	await note({ ...status, ownId: outgoingAttemptId(id, 1) }, other);
	expect((await present())?.state).toBe('sent');
	await note(status, { tries: 2 });
	expect((await present())?.state).toBe('read');
});
