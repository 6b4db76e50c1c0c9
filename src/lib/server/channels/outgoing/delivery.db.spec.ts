import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { whileRefusing } from '#lib/dev/testing/failing-updates.ts';
import { inHours, logOf } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { citizen, newCitizen, reportBy, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { entriesOf, story } from '#lib/dev/testing/office.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { connections, conversations, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { legalHolds } from '#lib/server/db/schema/retention.ts';
import type { WhatsAppStatus } from '#lib/server/integrations/whatsapp/webhook.ts';
import { connectionById, type ConnectionRow } from '../connections/connections.ts';
import { connectionFigures } from '../connections/figures.ts';
import { decideReply } from '../incoming/decide.ts';
import { conversationView } from '../incoming/view.ts';
import { deleteOldMessages, noteDeliveryStatus, deliverMessage, sweepMessages } from './delivery.ts';
import { outgoingAttemptId, queueMessage, type MessageContent } from './queue.ts';

const office = useOffice();
const phone = useWhatsApp(office);
let connection: ConnectionRow;
beforeEach(() => void ({ connection } = phone));

let numbers = 0;
/** Somebody who wrote a moment ago, and a message to them that waits. */
async function waiting(text = 'Kabar dari kantor', late?: MessageContent['late']) {
	const person = citizen(phone, String(6_281_250_000_000 + ++numbers));
	await person.say('Halo');
	const [conversation] = await db().select().from(conversations).where(eq(conversations.connectionId, connection.id));
	if (!conversation) throw new Error('no conversation');
	await transaction((tx) => queueMessage(tx, conversation, { kind: 'text', text, ...(late && { late }) }, text));
	const row = await rowOf(`conversation:${conversation.id}:${text}`);
	return { person, conversation, row, received: () => person.received().filter((one) => one.text === text).length };
}
async function rowOf(key: string) {
	const [row] = await db().select().from(outgoingMessages).where(eq(outgoingMessages.onceKey, key));
	if (!row) throw new Error('no message');
	return row;
}
const present = (id: string) =>
	db()
		.select()
		.from(outgoingMessages)
		.where(eq(outgoingMessages.id, id))
		.then(([row]) => row);
const note = (status: WhatsAppStatus) => noteDeliveryStatus({ connectionId: connection.id, status, tries: 1 });
/** The first attempt reaches the phone, but neither the answer nor the statuses reach the site. */
async function sendWithoutAnswer(id: string): Promise<void> {
	Object.assign(phone.store.faults, { loseResponse: true, withoutStatuses: true });
	await deliverMessage(id, 1);
	phone.store.faults.loseResponse = false;
}

describe('a message', () => {
	test('is sent once, however many workers try, and its statuses follow', async () => {
		const { row, received, person } = await waiting();
		await Promise.all([1, 1, 1, 2].map((attempt) => deliverMessage(row.id, attempt)));
		expect(received()).toBe(1);
		await person.settled();
		expect(await present(row.id)).toMatchObject({
			state: 'read',
			attempts: 1,
			externalId: expect.stringMatching(/^[0-9a-f]{64}$/)
		});
	});

	test('is unknown where no answer came, and never sent again by itself', async () => {
		const { row, received } = await waiting();
		await sendWithoutAnswer(row.id);
		expect(await present(row.id)).toMatchObject({ state: 'unknown' });
		await inHours(1, sweepMessages);
		await deliverMessage(row.id, 2);
		expect(received()).toBe(1);
		await note({ externalId: 'wamid.x', ownId: outgoingAttemptId(row.id, 1), state: 'delivered', code: null });
		expect(await present(row.id)).toMatchObject({ state: 'delivered', externalId: 'wamid.x' });
	});

	test('that may not have been sent is sent again by a decision, once, or left', async () => {
		const { row, received, conversation } = await waiting();
		await sendWithoutAnswer(row.id);
		const decide = (decision: string, actor = office.handler) =>
			decideReply(actor, conversation.id, { message: row.id, decision });
		const stranger = await makeActor([[(await makeUnit()).id, 'supervisor']]);
		await expect(decide('again', stranger)).rejects.toMatchObject({ name: 'NotFound' });
		await decide('again');
		await expect(decide('again')).rejects.toMatchObject({ present: { reason: 'message_decided' } });
		await deliverMessage(row.id, 2);
		expect(received()).toBe(2);
		expect(await present(row.id)).toMatchObject({ state: 'sent', attempts: 2, decidedAt: null });
		await db().update(outgoingMessages).set({ state: 'unknown' }).where(eq(outgoingMessages.id, row.id));
		await decide('leave');
		const { replies } = await conversationView(office.supervisor, conversation.id);
		expect(replies.find(({ id }) => id === row.id)).toMatchObject({
			state: 'unknown',
			decidedBy: office.handler.name,
			text: 'Kabar dari kantor'
		});
		expect((await logOf(`#${conversation.id}`)).map(({ action }) => action)).toEqual([
			...['conversation.sent_again', 'conversation.left']
		]);
	});

	test('that waits to be sent again is not sent, if it turns out that it arrived', async () => {
		const { row, received, conversation } = await waiting();
		await sendWithoutAnswer(row.id);
		await decideReply(office.handler, conversation.id, { message: row.id, decision: 'again' });
		await note({ externalId: 'wamid.y', ownId: outgoingAttemptId(row.id, 1), state: 'delivered', code: null });
		await deliverMessage(row.id, 2);
		expect(received()).toBe(1);
		expect(await present(row.id)).toMatchObject({ state: 'delivered', attempts: 1 });
	});

	test('gets its id and its state at once, so that a crash between them leaves none', async () => {
		const { row } = await waiting();
		const sending = whileRefusing(`new.state = 'sent'`, () => deliverMessage(row.id, 1), 'outgoing_messages');
		await expect(sending).rejects.toThrow();
		expect(await present(row.id)).toMatchObject({ state: 'sending', externalId: null });
	});

	test('is unknown after its worker died while sending', async () => {
		const { row } = await waiting();
		await db()
			.update(outgoingMessages)
			.set({ state: 'sending', attempts: 1, leaseUntil: new Date(0) })
			.where(eq(outgoingMessages.id, row.id));
		await sweepMessages();
		expect(await present(row.id)).toMatchObject({ state: 'unknown', reason: 'worker_died' });
	});

	test.each([
		[131026, { state: 'failed', reason: 'undeliverable' }, null],
		[131047, { state: 'failed', reason: 'window_over' }, null],
		[131050, { state: 'failed', reason: 'code_131050' }, null],
		[131042, { state: 'waiting', reason: 'code_131042' }, 'code_131042'],
		[190, { state: 'waiting', reason: 'token' }, 'whatsapp_token'],
		[100, { state: 'failed', reason: 'code_100' }, 'code_100'],
		[130429, { state: 'waiting', reason: 'code_130429' }, 'code_130429']
	])('refused with %d is %o, and the connection shows %s', async (error, expected, shown) => {
		const { row } = await waiting();
		phone.store.faults.error = error;
		await deliverMessage(row.id, 1);
		expect(await present(row.id)).toMatchObject(expected);
		expect((await connectionById(connection.id, 'whatsapp'))?.lastError).toBe(shown);
	});

	test('that is refused shows at the connection until one is sent, whatever comes in', async () => {
		const { row, person, conversation } = await waiting();
		phone.store.faults.error = 131031;
		await deliverMessage(row.id, 1);
		const failed = await connectionById(connection.id, 'whatsapp');
		await inHours(1, () => person.say('Halo lagi'));
		const afterwards = await connectionById(connection.id, 'whatsapp');
		expect(afterwards).toMatchObject({ lastError: 'code_131031', checkedAt: failed?.checkedAt });
		expect(afterwards?.lastMessageAt).not.toEqual(failed?.lastMessageAt);
		phone.store.faults.error = null;
		await transaction((tx) => queueMessage(tx, conversation, { kind: 'text', text: 'lagi' }, 'lagi'));
		await deliverMessage((await rowOf(`conversation:${conversation.id}:lagi`)).id, 1);
		expect(await connectionById(connection.id, 'whatsapp')).toMatchObject({ lastError: null });
		const status = {
			externalId: 'wamid.unpaid',
			ownId: outgoingAttemptId(row.id, 1),
			state: 'failed' as const,
			code: 131042
		};
		await db().update(outgoingMessages).set({ state: 'sent' }).where(eq(outgoingMessages.id, row.id));
		await note(status);
		expect(await connectionById(connection.id, 'whatsapp')).toMatchObject({ lastError: 'code_131042' });
	});

	test('waits while its connection is paused, and is too old after two days', async () => {
		const { row, received } = await waiting();
		await db().update(connections).set({ pausedAt: new Date() }).where(eq(connections.id, connection.id));
		await deliverMessage(row.id, 1);
		expect(await present(row.id)).toMatchObject({ state: 'waiting', attempts: 0 });
		await inHours(49, sweepMessages);
		expect(await present(row.id)).toMatchObject({ state: 'failed', reason: 'too_old' });
		expect(received()).toBe(0);
	});
});

describe('the case', () => {
	/** A report by WhatsApp, and a way to send messages about it. */
	async function reported() {
		const { id: caseId, reference } = await reportBy(newCitizen(phone), 'Antrean lambat di loket dua.');
		const [conversation] = await db().select().from(conversations).where(eq(conversations.caseId, caseId));
		if (!conversation) throw new Error('no conversation');
		const send = async (text: string, late?: MessageContent['late'], hours = 0) => {
			await transaction((tx) => queueMessage(tx, conversation, { kind: 'text', text, ...(late && { late }) }, text));
			const { id } = await rowOf(`conversation:${conversation.id}:${text}`);
			await inHours(hours, () => deliverMessage(id, 1));
		};
		const losses = async () => (await story(reference)).filter((type) => type === 'undelivered').length;
		return { reference, send, losses };
	}

	test('loses its settled messages after 90 days, but not while it is held', async () => {
		const { id: caseId } = await reportBy(newCitizen(phone), 'Antrean lambat di loket satu.');
		await db().update(outgoingMessages).set({ state: 'sent' }).where(eq(outgoingMessages.caseId, caseId));
		const left = () =>
			inHours(24 * 91, async () => {
				await deleteOldMessages();
				return db().$count(outgoingMessages, eq(outgoingMessages.caseId, caseId));
			});
		await db().insert(legalHolds).values({ caseId });
		expect(await left()).toBeGreaterThan(0);
		await db().delete(legalHolds);
		expect(await left()).toBe(0);
	});

	test('gets one entry for staff when messages are lost, and another one only after one has arrived', async () => {
		const { send, losses, reference } = await reported();
		phone.store.faults.error = 131026;
		await send('satu');
		await send('dua');
		expect(await losses()).toBe(1);
		expect((await entriesOf(reference)).find(({ type }) => type === 'undelivered')?.public).toBe(false);
		phone.store.faults.error = null;
		await send('tiga');
		expect(await losses()).toBe(1);
		Object.assign(phone.store.faults, { loseResponse: true, withoutStatuses: true });
		await send('empat');
		expect(await losses()).toBe(2);
	});

	test.each([
		['an answer of the office', 'template', 1],
		['a question that waits for the next message', 'wait', 0],
		['a word of the menu', undefined, 0]
	] as const)('after the 24 hours, gets an entry of %s: %s, %d', async (_, late, times) => {
		const { send, losses } = await reported();
		await send(`Lewat ${late}`, late, 25);
		expect(await losses()).toBe(times);
	});
});

describe('outside 24 hours', () => {
	const useTemplate = () =>
		db()
			.update(connections)
			.set({ settings: { ...connection.settings, templateName: 'kabar_laporan' } })
			.where(eq(connections.id, connection.id));

	test.each([
		['a message of the site itself', 'kabar', 0],
		['a referral by staff', 'referral', 1]
	])('%s fails with a reason where there is no template, and counts as lost: %s, %d', async (_, occasion, lost) => {
		const { row, received } = await waiting(occasion);
		await inHours(25, () => deliverMessage(row.id, 1));
		expect(await present(row.id)).toMatchObject({ state: 'failed', reason: 'window_over' });
		expect(received()).toBe(0);
		const figures = await connectionFigures();
		expect(figures.find(({ id }) => id === connection.id)?.unknown).toBe(lost);
	});

	test('the template is sent instead, without the text', async () => {
		await useTemplate();
		const { row, received, person, conversation } = await waiting('Jawaban kantor', 'template');
		for (const late of [undefined, 'wait'] as const)
			await transaction((tx) =>
				queueMessage(tx, conversation, { kind: 'text', text: 'Sudah selesai?', ...(late && { late }) }, `late:${late}`)
			);
		await inHours(25, async () => {
			await deliverMessage(row.id, 1);
			for (const late of [undefined, 'wait']) {
				const { id } = await rowOf(`conversation:${conversation.id}:late:${late}`);
				await deliverMessage(id, 1);
				expect(await present(id)).toMatchObject({ state: 'failed', reason: 'window_over' });
			}
		});
		expect(await present(row.id)).toMatchObject({ reason: 'template', externalId: expect.any(String) });
		expect(received()).toBe(0);
		expect(person.last()?.text).toBe('[templat: kabar_laporan]');
	});

	test('the template is sent if WhatsApp refuses the text because of its own 24 hours', async () => {
		await useTemplate();
		const { row, received, person } = await waiting('Jawaban kantor', 'template');
		phone.store.faults.error = 131047;
		await deliverMessage(row.id, 1);
		expect(await present(row.id)).toMatchObject({ state: 'waiting', reason: 'window_over' });
		phone.store.faults.error = null;
		await deliverMessage(row.id, 2);
		expect(await present(row.id)).toMatchObject({ reason: 'template', externalId: expect.any(String) });
		expect([received(), person.last()?.text]).toEqual([0, '[templat: kabar_laporan]']);
	});

	test('after 90 silent days nothing is sent', async () => {
		const { row, received } = await waiting();
		await inHours(91 * 24, () => deliverMessage(row.id, 1));
		expect(await present(row.id)).toMatchObject({ state: 'failed', reason: 'silent' });
		expect(received()).toBe(0);
	});
});
