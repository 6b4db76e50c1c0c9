import { and, desc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { citizen, connectWhatsApp, newCitizen, reportBy, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { SAMPLE_VOICE } from '#lib/dev/whatsapp-sandbox/server.ts';
import { inTables } from '#lib/dev/testing/retention/destroying.ts';
import { bringTo, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { attachments, cases, messages } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { closeToPublic } from '#lib/server/insight/open-to-public.ts';
import { writeTranscript } from '../incoming/incoming-files.ts';
import { openFromConversation } from '../incoming/open-from-conversation.ts';
import { conversationView } from '../incoming/view.ts';
import { queueMessage } from '../outgoing/queue.ts';
import { afterAnswer } from './replies.ts';

const office = useOffice();
const phone = useWhatsApp(office);
beforeEach(() => overrideEnv({ DISK_RESERVE_MB: 0 }));

const LONG = 'Antrean di loket statistik tidak berjalan sejak pukul sembilan.';
const WISH = 'Tambah kursi tunggu untuk lansia di ruang depan.';
const casesHere = () => db().select().from(cases).where(eq(cases.unitId, office.unit.id));

test('a report has no typed word of a button, and nothing from before the last "Batal"', async () => {
	const person = newCitizen(phone);
	await person.say('Selamat pagi');
	await person.press('Pengaduan');
	await person.say('Petugas di loket dua meminta uang rokok.');
	await person.send('image', await phonePhoto('jpeg'), 'image/jpeg');
	await person.press('Batal');
	await person.say('menu');
	await person.press('Saran');
	await person.say(WISH);
	await person.say('kirim');
	const [found] = await casesHere();
	expect(found).toMatchObject({ kind: 'suggestion', body: WISH });
	expect(await rowsOfCase(attachments, found?.reference ?? '')).toEqual([]);
});

const speak = (person: ReturnType<typeof newCitizen>) =>
	person.send('audio', SAMPLE_VOICE, 'audio/ogg; codecs=opus', '', { voice: true });

test('a report has the words of each voice note that was written down in its place', async () => {
	const person = newCitizen(phone);
	await person.say('menu');
	await person.press('Saran');
	for (const say of [() => speak(person), () => person.say(WISH), () => speak(person)]) await say();
	const isVoice = eq(incomingFiles.mediaType, 'audio/ogg');
	const [voice] = await db().select().from(incomingFiles).where(isVoice).orderBy(incomingFiles.messageId);
	await writeTranscript(office.supervisor, voice?.id ?? '', { transcript: 'Di loket dua.' });
	await person.press('Kirim');
	expect((await casesHere()).map(({ body }) => body)).toEqual([
		`(pesan suara) Di loket dua.\n\n${WISH}\n\n(pesan suara)`
	]);
});

test('a report that was only spoken is long enough once it is written down', async () => {
	const person = newCitizen(phone);
	await person.say('menu');
	await person.press('Saran');
	for (let n = 0; n < 3; n++) await speak(person);
	await person.press('Kirim');
	expect(await casesHere()).toEqual([]);
	for (const { id } of await db().select().from(incomingFiles).orderBy(desc(incomingFiles.messageId)).limit(3))
		await writeTranscript(office.supervisor, id, { transcript: 'Tambah kursi tunggu.' });
	await person.press('Kirim');
	expect(await casesHere()).toHaveLength(1);
});

test('a report about the head goes to the office above, although no person opened it', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	const found = await reportBy(newCitizen(phone), `Kepala kantor, ${head.name}, meminta uang kepada saya.`);
	expect(found).toMatchObject({ unitId: office.unit.id, handlingUnitId: office.root.id, restricted: true });
});

test('a report after a cancelled text about the head goes above, whose supervisors alone may read the text', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	const person = newCitizen(phone);
	await person.say('Selamat pagi');
	await person.press('Pengaduan');
	await person.say(`Kepala kantor, ${head.name}, meminta uang kepada saya.`);
	await person.press('Batal');
	await person.say('menu');
	await person.press('Saran');
	await person.say(WISH);
	await person.press('Kirim');
	expect(await casesHere()).toMatchObject([{ handlingUnitId: office.root.id, restricted: true }]);
});

describe('a report that staff make of the messages', () => {
	async function openedBy(input: object, hours = 0) {
		const person = newCitizen(phone);
		await person.say('Selamat pagi');
		await person.say(LONG);
		const isWaiting = and(eq(conversations.unitId, office.unit.id), eq(conversations.state, 'waiting'));
		const [waiting] = await db().select().from(conversations).where(isWaiting);
		const before = person.received().length;
		const { reference } = await withClock(
			() => new Date(Date.now() + hours * HOUR_MS),
			async () => {
				const opened = await openFromConversation(waiting?.id ?? 0, input, office.handler);
				await person.settled();
				return opened;
			}
		);
		return { person, reference, got: () => person.received().slice(before) };
	}

	test('is acknowledged with its number and the button for the code', async () => {
		const { person, reference, got } = await openedBy({});
		expect(got()).toMatchObject([{ text: expect.stringContaining(reference) }]);
		expect((await person.press('Minta kode rahasia'))?.text).toContain('/terima/');
	});

	test('has no code if the name is withheld', async () => {
		const { reference, got } = await openedBy({ identity: 'withheld' });
		expect(got()).toMatchObject([{ text: expect.stringContaining(reference), choices: [] }]);
		expect(got()[0]?.text).not.toContain('kode rahasia');
	});

	test('is not acknowledged to a person who is not its reporter', async () => {
		const reporter = { name: 'Budi Contoh', email: 'budi@contoh.example', phone: '081234567890' };
		expect((await openedBy({ reporter })).got()).toEqual([]);
	});

	test('is acknowledged after 24 hours once the person answers the template', async () => {
		await connectWhatsApp(office.unit, phone.url, { templateName: 'kabar_laporan' });
		const { person, reference, got } = await openedBy({}, 25);
		expect(got().map(({ text }) => text)).toEqual(['[templat: kabar_laporan]']);
		await person.say('ya');
		expect(got().at(-1)?.text).toContain(reference);
	});
});

test('no table has the number of the person, as text or in an id of Meta', async () => {
	const number = '6281240177665';
	const person = citizen(phone, number);
	const { id } = await reportBy(person, LONG);
	await person.react('\u{1F44D}');
	const ids = phone.store.phone(number).map((message) => Buffer.from(message.id.slice(6), 'base64').toString('latin1'));
	expect(ids.filter((text) => text.includes(number)).length).toBe(ids.length);
	// Base64 without its last group, in which the number may share bytes with what follows.
	expect(await inTables([number, Buffer.from(number).toString('base64').slice(0, -4)])).toEqual([]);
	const states = await db()
		.select({ state: outgoingMessages.state })
		.from(outgoingMessages)
		.where(eq(outgoingMessages.caseId, id));
	expect(new Set(states.map(({ state }) => state))).toEqual(new Set(['read']));
});

test('staff read the reply with the link to the receipt without the link', async () => {
	const person = newCitizen(phone);
	const { id } = await reportBy(person, LONG);
	await person.press('Minta kode rahasia');
	const [conversation] = await db().select().from(conversations).where(eq(conversations.caseId, id));
	const { replies } = await conversationView(office.handler, conversation?.id ?? 0);
	expect(replies.at(-1)?.text).toMatch(/sekali:\n…$/);
});

test('nothing that was cancelled goes into a report that the person chooses', async () => {
	const person = newCitizen(phone);
	const { id, reference } = await reportBy(person, LONG);
	for (const [words, button] of [
		[WISH, 'Kirim'],
		['Yang ini batal.', 'Batal']
	] as const) {
		await person.say('menu');
		await person.press('Saran');
		await person.say(words);
		await person.press(button);
	}
	await person.say('Ada tambahan keterangan.');
	await person.press(reference);
	const said = await db().select({ body: messages.body }).from(messages).where(eq(messages.caseId, id));
	expect(said).toEqual([{ body: 'Ada tambahan keterangan.' }]);
});

test('a report is received when it is sent, not when the person first wrote', async () => {
	const person = newCitizen(phone);
	await person.say('Selamat pagi');
	const sent = new Date(Date.now() + 48 * HOUR_MS);
	await withClock(
		() => sent,
		async () => {
			await person.press('Saran');
			await person.say(WISH);
			await person.press('Kirim');
		}
	);
	const [found] = await casesHere();
	expect(Math.abs((found?.receivedAt.getTime() ?? 0) - sent.getTime())).toBeLessThan(HOUR_MS);
});

test('another report chosen in the menu ends an objection that was begun', async () => {
	const person = newCitizen(phone);
	const { id, reference } = await reportBy(person, LONG);
	await bringTo(office, reference, 'answered');
	const [conversation] = await db().select().from(conversations).where(eq(conversations.caseId, id));
	if (!conversation) throw new Error('no conversation');
	await transaction((tx) => queueMessage(tx, conversation, afterAnswer(conversation.id, reference), 'after'));
	await person.settled();
	await person.press('Belum puas');
	await person.say('menu');
	await person.press('Saran');
	await person.say(WISH);
	expect(await readCase(reference)).toMatchObject({ status: 'answered', disputes: 0 });
});

test('a closed office takes what is about an earlier report, and opens no new one', async () => {
	const [person, begun] = [newCitizen(phone), newCitizen(phone)];
	const { id } = await reportBy(person, LONG);
	await begun.say('Selamat pagi');
	await begun.press('Pengaduan');
	await begun.say(WISH);
	const admin = await makeActor([[office.unit.id, 'admin']]);
	await closeToPublic(admin, office.unit.id, { reason: 'Kantor pindah gedung' });
	await person.say('Ada tambahan keterangan.');
	const said = await db().select({ body: messages.body }).from(messages).where(eq(messages.caseId, id));
	expect(said).toEqual([{ body: 'Ada tambahan keterangan.' }]);
	await person.say('menu');
	for (const told of [
		await begun.press('Kirim'),
		await person.press('Pengaduan'),
		await newCitizen(phone).say('Selamat pagi')
	])
		expect(told?.text).toContain('ditutup untuk umum');
	expect(await casesHere()).toHaveLength(1);
});
