import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import {
	BODY,
	newCitizen,
	receiptOf,
	reportBy,
	toldOf,
	useWhatsApp,
	waitingId
} from '#lib/dev/testing/channels/whatsapp.ts';
import { act, atTime, bringTo, lastEntry, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { resolveEscalation, setManualStatus } from '#lib/server/escalation/decisions.ts';
import { escalateCase } from '#lib/server/escalation/forward/forward.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { joinCase } from '../incoming/decide.ts';
import { openFromConversation } from '../incoming/open-from-conversation.ts';
import { conversationView } from '../incoming/view.ts';

const office = useOffice();
const phone = useWhatsApp(office);

const COMPLETION = 'Loketnya nomor dua, dan saya datang hari Senin.';
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const titles = (message: { choices: { title: string }[] } | undefined) => message?.choices.map(({ title }) => title);

describe('a message after the report was archived as incomplete', () => {
	/** A person with such a report. */
	async function incomplete() {
		const person = newCitizen(phone);
		const { id, reference } = await reportBy(person, BODY);
		await bringTo(office, reference, 'archived');
		await db().update(cases).set({ archiveReason: 'incomplete' }).where(eq(cases.id, id));
		return { person, id, reference };
	}

	test('completes it once the person has said that it is meant', async () => {
		const { person, id, reference } = await incomplete();
		// The person looks at the status first.
		await person.press('Lacak laporan');
		const asked = await person.say(COMPLETION);
		expect(titles(asked)).toEqual([reference, 'Hal lain']);
		expect(asked?.choices[0]?.description).toBe('Lengkapi laporan ini');
		expect(await readCase(reference)).toMatchObject({ status: 'archived' });
		expect((await person.press(reference))?.text).toContain(reference);
		expect((await readCase(reference)).status).not.toBe('archived');
		const reopened = await lastEntry(reference, 'reopened');
		expect(reopened).toMatchObject({ data: { reason: 'completed' } });
		// It is no news to the person.
		const count = person.received().length;
		await writeToReporters(reopened ? [reopened] : []);
		await person.settled();
		expect(person.received()).toHaveLength(count);
		// It is the only open report now.
		await person.say('Nama petugasnya saya tidak tahu.');
		const said = await db().select({ body: messages.body }).from(messages).where(eq(messages.caseId, id));
		expect(said.map(({ body }) => body)).toEqual(
			expect.arrayContaining([COMPLETION, 'Nama petugasnya saya tidak tahu.'])
		);
	});

	test('about something else changes nothing, and the question does not come again', async () => {
		const { person, id, reference } = await incomplete();
		await person.say('Apakah kantor buka hari Sabtu?');
		expect(titles(await person.press('Hal lain'))).toContain('Konsultasi data');
		const count = person.received().length;
		await person.say('Atau hari Minggu?');
		expect(person.received()).toHaveLength(count);
		expect(await readCase(reference)).toMatchObject({ status: 'archived' });
		expect(await db().$count(messages, eq(messages.caseId, id))).toBe(0);
	});

	test('about something else does not go into another report that is open', async () => {
		const { person } = await incomplete();
		const { id } = await reportBy(person, 'Tambah kursi tunggu untuk lansia di ruang depan.');
		await person.say('Apakah kantor buka hari Sabtu?');
		await person.press('Hal lain');
		const count = person.received().length;
		await person.say('Atau hari Minggu?');
		expect(person.received()).toHaveLength(count);
		expect(await db().$count(messages, eq(messages.caseId, id))).toBe(0);
	});
});

test('an outdated button shows no number of a forward while a report of the person is locked', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const person = newCitizen(phone);
	const { id: former, reference } = await reportBy(person, BODY);
	await bringTo(office, reference, 'in_progress');
	const reason = 'Perlu dicatat di SP4N-LAPOR!';
	await act(escalateCase, office.handler, reference, { purpose: 'record', reason });
	await person.say('menu');
	await person.press('Saran');
	await person.say('Tambah kursi tunggu untuk lansia di ruang depan.');
	await person.press('Kirim');
	expect((await person.press('Kirim'))?.text).toContain('SP4N-LAPOR!');
	await db()
		.update(conversations)
		.set({ draft: { locked: true } })
		.where(eq(conversations.caseId, former));
	const told = (await person.press('Kirim'))?.text;
	expect(told).toContain(reference);
	expect(told).not.toContain('SP4N-LAPOR!');
});

test('the list of statuses has the number and status of a report that was forwarded', async () => {
	overrideEnv({ LAPOR_MODE: 'manual' });
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	await bringTo(office, reference, 'in_progress');
	const statuses = async () => (await person.press('Lacak laporan'))?.text ?? '';
	expect(await statuses()).not.toContain('SP4N-LAPOR!');
	const reason = 'Perlu dicatat di SP4N-LAPOR!';
	const { id } = await act(escalateCase, office.handler, reference, { purpose: 'record', reason });
	// By staff or by the site: the reporter need not know which.
	expect(await statuses()).toMatch(/Akan diteruskan ke SP4N-LAPOR!(?! oleh)/);
	await resolveEscalation(office.handler, id, { outcome: 'found', lapor_id: '1916449', reason: 'Sudah diisikan' });
	expect(await statuses()).toContain('Diteruskan ke SP4N-LAPOR! #1916449');
	await setManualStatus(office.handler, id, { status_name: 'Dalam Proses', at: new Date().toISOString() });
	expect(await statuses()).toContain('Diteruskan ke SP4N-LAPOR! #1916449: Dalam Proses');
});

test('a report with two conversations is listed once, and its receipt opens both', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const receipt = await receiptOf(person);
	const statuses = async () => (await person.press('Lacak laporan'))?.text ?? '';
	await atTime(inDays(91), async () => {
		await person.say('Ini saya lagi, antreannya masih lama.');
		await person.say(receipt);
		await joinCase(office.handler, await waitingId(office.unit), { reference });
		const listed = await statuses();
		expect(listed.split(reference)).toHaveLength(2);
		expect(listed).not.toContain('hanya status');
	});
	await atTime(inDays(182), async () => {
		await person.say('Halo');
		expect(await statuses()).toContain('hanya status');
		expect((await person.say(receipt))?.text.split(reference)).toHaveLength(2);
		expect(await statuses()).not.toContain('hanya status');
	});
});

test('a message of a number that was silent for 90 days is not the reporter’s, also if staff add it to the report', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	await atTime(inDays(91), async () => {
		await person.say('Halo, antreannya masih lama.');
		const id = await waitingId(office.unit);
		const { proposals } = await conversationView(office.handler, id);
		expect(proposals).toMatchObject([{ reference, isProven: false, wrote: true }]);
		expect(await joinCase(office.handler, id, { reference })).toEqual({ reference, fromReporter: false });
		await writeMessage(office.handler, reference, { body: 'Loket satu sudah buka.', public: true });
		await toldOf(reference, person);
	});
	expect(person.received().map(({ text }) => text)).not.toContainEqual(expect.stringContaining('Loket satu'));
});

test('a person with two reports is the reporter of both, although one was silent for 90 days', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	await atTime(inDays(80), async () => {
		await person.say('menu');
		await person.press('Saran');
		await person.say('Tambah kursi tunggu untuk lansia di ruang depan.');
		await person.press('Kirim');
	});
	await atTime(inDays(100), async () => {
		await person.say('Loket nomor dua juga tutup sejak pagi.');
		const id = await waitingId(office.unit);
		const { proposals } = await conversationView(office.handler, id);
		expect(proposals.find((one) => one.reference === reference)).toMatchObject({ isProven: true });
		expect(await joinCase(office.handler, id, { reference })).toEqual({ reference, fromReporter: true });
	});
});

test('a report that staff opened from messages before the silence is not that of who wrote after it', async () => {
	const person = newCitizen(phone);
	await person.say(BODY);
	const former = await waitingId(office.unit);
	await atTime(inDays(91), async () => {
		await person.say('Loket nomor dua juga tutup sejak pagi.');
		const id = await waitingId(office.unit);
		const { reference } = await openFromConversation(former, {}, office.handler);
		expect(await joinCase(office.handler, id, { reference })).toEqual({ reference, fromReporter: false });
		await person.settled();
	});
});

test('a typed "Selesai" at the end of a draft or a consultation ends no other report', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	await bringTo(office, reference, 'answered');
	await person.say('menu');
	await person.press('Pengaduan');
	await person.say('Kursi tunggu di ruang depan rusak semua.');
	expect((await person.say('Selesai'))?.choices.map(({ title }) => title)).toEqual(['Kirim', 'Batal']);
	await person.press('Batal');
	await person.press('Konsultasi data');
	await person.say('Selesai');
	expect(await readCase(reference)).toMatchObject({ status: 'answered' });
});

test('a typed "Selesai" ends the answered report if the draft of another is older than a day', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	await person.say('menu');
	await person.press('Pengaduan');
	await person.say('Kursi tunggu di ruang depan rusak semua.');
	await bringTo(office, reference, 'answered');
	await atTime(inDays(2), () => person.say('Selesai'));
	expect(await readCase(reference)).toMatchObject({ status: 'closed' });
});
