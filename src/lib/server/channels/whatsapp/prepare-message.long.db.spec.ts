import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { newCitizen, reportBy, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { ANSWER, atTime, bringTo, entriesOf, lastEntry, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { NO_FAULTS } from '#lib/dev/whatsapp-sandbox/store.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { decideReply } from '../incoming/decide.ts';
import { deliverMessage, noteDeliveryStatus } from '../outgoing/delivery.ts';
import { outgoingAttemptId } from '../outgoing/queue.ts';
import { heldEntries } from './prepare-message.ts';

const office = useOffice();
const phone = useWhatsApp(office, { templateName: 'kabar_laporan' });

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);
type Message = typeof outgoingMessages.$inferSelect;
const to =
	(state: 'failed' | 'delivered', code: number | null = null) =>
	({ id, connectionId }: Message) =>
		noteDeliveryStatus({
			connectionId,
			status: { externalId: `wamid.${id}`, ownId: outgoingAttemptId(id, 1), state, code },
			tries: 1
		});
const toDropped = ({ id }: Message) =>
	db().update(outgoingMessages).set({ state: 'failed', reason: 'restored' }).where(eq(outgoingMessages.id, id));
const decide =
	(decision: 'again' | 'leave') =>
	({ id, conversationId }: Message) =>
		decideReply(office.handler, conversationId ?? 0, { message: id, decision });
const UNANSWERED = { loseResponse: true, withoutStatuses: true };

test.each([
	['is refused', { error: 132001 }, undefined, 1],
	['does not arrive', { withoutStatuses: true }, to('failed', 131049), 1],
	['may not have arrived', UNANSWERED, undefined, 1],
	['arrived, as only its status says', UNANSWERED, to('delivered'), 1],
	['may not have arrived, if staff send the answer again', UNANSWERED, decide('again'), 1],
	['may not have arrived, if staff decided to leave it', UNANSWERED, decide('leave'), 0],
	['is refused, if staff decided to leave it', { error: 132001 }, decide('leave'), 0],
	['waited when a backup was restored', { error: 132001 }, toDropped, 0]
])('when the person writes, sends an answer whose template %s: %o', async (_, fault, then, times) => {
	const person = newCitizen(phone);
	const { id: caseId, reference } = await reportBy(person, 'Antrean di loket statistik tidak berjalan.');
	await bringTo(office, reference, 'answered');
	await atTime(inHours(25), async () => {
		Object.assign(phone.store.faults, fault);
		await writeToReporters(await entriesOf(reference));
		await person.settled();
		const isAnswer = sql`${outgoingMessages.content} ->> 'text' like ${`%${ANSWER}%`}`;
		const [answer] = await db()
			.select()
			.from(outgoingMessages)
			.where(and(eq(outgoingMessages.caseId, caseId), isAnswer));
		if (!answer) throw new Error('no answer');
		await then?.(answer);
		phone.store.faults = { ...NO_FAULTS };
		await person.say('Ada kabar tentang laporan saya?');
		const again = await db().select().from(outgoingMessages).where(eq(outgoingMessages.state, 'waiting'));
		for (const { id, attempts } of again) await deliverMessage(id, attempts + 1);
		await person.say('Terima kasih atas jawabannya.');
	});
	const { state, reason, decidedAt } = outgoingMessages;
	const failed = and(eq(outgoingMessages.caseId, caseId), eq(state, 'failed'), ne(reason, 'restored'));
	expect(await db().$count(outgoingMessages, and(failed, isNull(decidedAt)))).toBe(0);
	expect(person.received().filter(({ text }) => text.includes(ANSWER))).toHaveLength(times);
});

test('an answer that WhatsApp refused as text is sent as text if the person has written meanwhile', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, 'Antrean di loket statistik tidak berjalan.');
	await bringTo(office, reference, 'answered');
	phone.store.faults.error = 131047;
	await writeToReporters(await entriesOf(reference));
	await person.settled();
	phone.store.faults = { ...NO_FAULTS };
	await person.say('Ada kabar tentang laporan saya?');
	const again = await db().select().from(outgoingMessages).where(eq(outgoingMessages.state, 'waiting'));
	for (const { id, attempts } of again) await deliverMessage(id, attempts + 1);
	const texts = person.received().map(({ text }) => text);
	expect(texts.filter((text) => text.includes(ANSWER))).toHaveLength(1);
	expect(texts).not.toContain('[templat: kabar_laporan]');
});

test('an answer of which only the template was sent is held until the person writes again', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, 'Antrean di loket statistik tidak berjalan.');
	await bringTo(office, reference, 'answered');
	const row = await readCase(reference);
	const answered = await lastEntry(reference, 'answered');
	await atTime(inHours(25), async () => {
		await writeToReporters(await entriesOf(reference));
		await person.settled();
		expect(await heldEntries(row)).toEqual(new Set([answered?.seq]));
		const ownChats = sql`array(select id from conversations where case_id = ${row.id})`;
		const locked = (formerChats: typeof ownChats | number[]) =>
			db().update(cases).set({ formerChats }).where(eq(cases.id, row.id));
		await locked(ownChats);
		expect(await heldEntries(row)).toEqual(new Set());
		await locked([]);
		expect(await atTime(inHours(24 * 91), () => heldEntries(row))).toEqual(new Set());
		await person.say('Ada kabar tentang laporan saya?');
		await person.settled();
	});
	expect(await heldEntries(row)).toEqual(new Set());
});

test('an answer whose template may have arrived, and that the person answered meanwhile, is not offered for sending again', async () => {
	const person = newCitizen(phone);
	const { id: caseId, reference } = await reportBy(person, 'Antrean di loket statistik tidak berjalan.');
	await bringTo(office, reference, 'answered');
	const { state, reason, content } = outgoingMessages;
	const isAnswer = and(eq(outgoingMessages.caseId, caseId), sql`${content} ->> 'text' like ${`%${ANSWER}%`}`);
	await atTime(inHours(25), async () => {
		Object.assign(phone.store.faults, UNANSWERED);
		await writeToReporters(await entriesOf(reference));
		await person.settled();
		phone.store.faults = { ...NO_FAULTS };
		const [unknown] = await db()
			.update(outgoingMessages)
			.set({ state: 'sending' })
			.where(and(isAnswer, eq(state, 'unknown'), eq(reason, 'template')))
			.returning();
		if (!unknown) throw new Error('no answer');
		await person.say('Ada kabar tentang laporan saya?');
		await db().update(outgoingMessages).set({ state: 'unknown' }).where(eq(outgoingMessages.id, unknown.id));
		await expect(decide('again')(unknown)).rejects.toThrow();
	});
	expect(person.received().filter(({ text }) => text.includes(ANSWER))).toHaveLength(1);
});

test('a question that could not leave for a day after the person wrote comes when they write again; a "ya" is no answer to it', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, 'Antrean di loket statistik tidak berjalan.');
	await bringTo(office, reference, 'needs_info');
	await atTime(inHours(25), async () => {
		await writeToReporters(await entriesOf(reference));
		await person.settled();
		phone.store.faults.error = 190;
		await person.say('ya');
	});
	phone.store.faults.error = null;
	await atTime(inHours(50), async () => {
		const waiting = await db().select().from(outgoingMessages).where(eq(outgoingMessages.state, 'waiting'));
		for (const { id } of waiting) await deliverMessage(id, 2);
		await person.settled();
		await person.say('ya');
	});
	expect(person.received().filter(({ text }) => text.includes('Tanggal berapa'))).toHaveLength(1);
	expect((await readCase(reference)).status).toBe('needs_info');
});
