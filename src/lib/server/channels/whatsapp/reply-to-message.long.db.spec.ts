import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { ANSWER, atTime, bringTo, entriesOf, readCase } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { SAMPLE_VOICE } from '#lib/dev/whatsapp-sandbox/server.ts';
import {
	BODY,
	newCitizen,
	receiptOf,
	reported,
	toldOf,
	useWhatsApp,
	waitingId
} from '#lib/dev/testing/channels/whatsapp.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { withClock } from '#lib/server/clock.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { formatDate } from '#lib/calendar/format.ts';
import { transferCase } from '#lib/server/cases/handling/transfer.ts';
import { useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { joinCase } from '../incoming/decide.ts';
import { replyWay } from '../reply-way.ts';
import { queueMessage } from '../outgoing/queue.ts';
import { afterAnswer } from './replies.ts';

const office = useOffice();
const phone = useWhatsApp(office);

const somebody = (name?: string) => newCitizen(phone, name);
const casesHere = () => db().select().from(cases).where(eq(cases.unitId, office.unit.id));

describe('before "Kirim" nothing is a report', () => {
	test('"Selamat pagi" alone is answered once, with the list of choices', async () => {
		const person = somebody();
		const welcome = await person.say('Selamat pagi');
		expect(welcome?.choices.map(({ title }) => title)).toEqual(
			expect.arrayContaining(['Pengaduan', 'Saran', 'Permintaan informasi', 'Konsultasi data', 'Lacak laporan'])
		);
		expect(welcome?.text).toMatch(/bentuk sandi.*suap/s);
		await person.say('Apakah kantor buka?');
		await person.press('Konsultasi data');
		await person.say('Berapa jumlah penduduk?');
		expect(person.received()).toHaveLength(2);
		expect(await casesHere()).toEqual([]);
		const waiting = await db().select().from(conversations).where(eq(conversations.unitId, office.unit.id));
		expect(waiting).toMatchObject([{ state: 'waiting', channel: 'whatsapp' }]);
	});

	test('a report that is too short, or cancelled, stays a conversation', async () => {
		const person = somebody();
		await person.say('Halo');
		await person.press('Saran');
		await person.say('Pendek');
		expect((await person.press('Kirim'))?.text).toContain('20 huruf');
		await person.press('Batal');
		await person.say('kirim');
		expect(await casesHere()).toEqual([]);
	});
});

test('"Kirim" makes a report of the messages, with its number and a receipt by link', async () => {
	const person = somebody('Rahma');
	await person.say('Selamat pagi');
	await person.press('Pengaduan');
	await person.say(BODY);
	await person.send('image', await phonePhoto('jpeg'), 'image/jpeg');
	const sent = await person.press('Kirim');
	const [found] = await casesHere();
	expect(found).toMatchObject({ kind: 'complaint', channel: 'whatsapp', identity: 'named', status: 'received' });
	expect(found?.body).toBe(`Selamat pagi\n\n${BODY}`);
	expect(sent?.text).toContain(found?.reference);
	expect(
		await db()
			.select({ name: attachments.name })
			.from(attachments)
			.where(eq(attachments.caseId, found?.id ?? 0))
	).toEqual([{ name: 'Foto 1.jpg' }]);

	const link = await person.press('Minta kode rahasia');
	const [, token = ''] = /\/terima\/(\S+)/.exec(link?.text ?? '') ?? [];
	const receipt = await useReceiptLink(token);
	const stored = await db().select().from(outgoingMessages);
	expect(JSON.stringify(stored)).not.toContain(token);

	// A typed receipt is stored nowhere.
	expect((await person.say(`kode saya ${receipt.toLowerCase()}`))?.text).toContain('sesuai');
	const kept = JSON.stringify(await db().select().from(incomingMessages));
	expect(kept).not.toContain(receipt.toLowerCase());
	expect(kept).toContain('•••');
});

test('later messages go to the open report, and "Selesai" ends it', async () => {
	const { person, reference } = await reported(somebody());
	expect((await person.say('Loket dua sudah buka, loket satu belum.'))?.text).toContain(reference);
	await person.say('Terima kasih.');
	const said = await db().select().from(messages).where(eq(messages.author, 'reporter'));
	expect(said.map(({ body }) => body)).toEqual(['Loket dua sudah buka, loket satu belum.', 'Terima kasih.']);
	expect((await person.say('selesai'))?.text).not.toContain('selesai.');
	await bringTo(office, reference, 'answered');
	expect((await person.say('Selesai'))?.text).toContain(`Laporan ${reference} selesai`);
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: null });
	expect((await entriesOf(reference)).at(-1)).toMatchObject({ type: 'closed', actorKind: 'reporter' });
});

test('"Selesai" as a reply closes the report of that message; without a reply the site asks which', async () => {
	const person = somebody();
	const [first, second] = [await reported(person), await reported(person)];
	for (const { reference } of [first, second]) await bringTo(office, reference, 'answered');
	await toldOf(first.reference, person);
	const [answer] = person.received().filter(({ text }) => text.includes(ANSWER));
	const asked = await person.say('Selesai');
	expect(asked?.choices.map(({ title }) => title)).toEqual([second.reference, first.reference]);
	for (const { reference } of [first, second]) expect(await readCase(reference)).toMatchObject({ status: 'answered' });
	expect((await person.say('Selesai', { context: { id: answer?.id } }))?.text).toContain(first.reference);
	expect(await readCase(second.reference)).toMatchObject({ status: 'answered' });
	expect((await person.press(second.reference))?.text).toContain(`Laporan ${second.reference} selesai`);
	expect(await readCase(second.reference)).toMatchObject({ status: 'closed' });
});

test('with several open reports the person chooses', async () => {
	const person = somebody();
	const first = await reported(person);
	await person.say('menu');
	await person.press('Saran');
	await person.say('Tambah kursi di ruang tunggu untuk lansia.');
	await person.press('Kirim');
	const which = await person.say('Ada tambahan keterangan.');
	expect(which?.choices.map(({ title }) => title)).toContain(first.reference);
	expect(await db().$count(messages, eq(messages.body, 'Ada tambahan keterangan.'))).toBe(0);
	expect((await person.press(first.reference))?.text).toContain(first.reference);
	const [said] = await db().select().from(messages).where(eq(messages.body, 'Ada tambahan keterangan.'));
	expect(said).toMatchObject({ caseId: first.found.id, author: 'reporter' });
});

test('a person whose message the office added to another report gets no news of it and can’t close it', async () => {
	const { person, reference, found } = await reported(somebody());
	const stranger = somebody('Saksi');
	await stranger.say('Saya saksi di loket satu.');
	await joinCase(office.handler, await waitingId(office.unit), { reference });
	await bringTo(office, reference, 'answered');
	await writeToReporters(await db().select().from(timeline).where(eq(timeline.caseId, found.id)));
	await stranger.settled();
	expect(stranger.received()).toHaveLength(1);
	expect(person.received().map(({ text }) => text)).toContainEqual(expect.stringContaining(ANSWER));
	await stranger.say('Selesai');
	await stranger.say('Masih antre.');
	expect(JSON.stringify(stranger.received())).not.toContain(reference);
	expect(await readCase(reference)).toMatchObject({ status: 'answered' });
	expect(await db().$count(messages, eq(messages.body, 'Masih antre.'))).toBe(0);
});

test('"Belum puas" opens the report again with the next words', async () => {
	const { person, reference, found } = await reported(somebody());
	await bringTo(office, reference, 'answered');
	const [conversation] = await db().select().from(conversations).where(eq(conversations.caseId, found.id));
	if (!conversation) throw new Error('no conversation');
	await transaction((tx) => queueMessage(tx, conversation, afterAnswer(conversation.id, reference), 'after'));
	await person.say('?');
	await person.press('Belum puas');
	expect((await person.say('Loket satu masih tutup.'))?.text).toContain('tangani lagi');
	expect(await readCase(reference)).toMatchObject({ status: 'in_progress', disputes: 1 });
});

test('the list of statuses names the day of the first reply, not of the internal verification', async () => {
	const { person, found } = await reported(somebody());
	const day = formatDate(found.promisedAt ?? new Date(0), office.unit.timeZone);
	expect((await person.press('Lacak laporan'))?.text).toContain(`Diterima. Dijawab paling lambat ${day}`);
});

test('the chat names the agency to which a report was transferred, and offers no buttons of an answer', async () => {
	const { person, reference, found } = await reported(somebody());
	await bringTo(office, reference, 'in_progress');
	await transaction((tx) => transferCase(tx, found.id, 'Dinas Contoh', '7216449'));
	await writeToReporters(await entriesOf(reference));
	await person.settled();
	const text = expect.stringContaining(`${reference}: Dilimpahkan ke Dinas Contoh.`) as string;
	expect(person.last()).toMatchObject({ choices: [], text });
	expect((await person.press('Lacak laporan'))?.text).toContain(`${reference}: Dilimpahkan ke Dinas Contoh`);
});

test('after 90 silent days a number sees the status only, until it gives the receipt', async () => {
	const { person, reference } = await reported(somebody());
	const receipt = await receiptOf(person);
	const later = Date.now() + 91 * 86_400_000;
	await withClock(
		() => new Date(later),
		async () => {
			await person.say('Halo, siapa ini?');
			expect((await person.press('Lacak laporan'))?.text).toContain('hanya status');
			expect(await db().$count(messages, eq(messages.body, 'Halo, siapa ini?'))).toBe(0);
			expect((await person.press('Minta kode rahasia'))?.text).toContain('hanya status');
			expect(JSON.stringify(person.received()).match(/terima\//g)).toHaveLength(1);
			await person.say(receipt);
			await person.say('Saya pelapornya.');
		}
	);
	expect((await db().select().from(messages).where(eq(messages.body, 'Saya pelapornya.'))).length).toBe(1);
	expect(await readCase(reference)).toMatchObject({ status: 'received' });
});

test('after 90 silent days a message starts a new conversation, because the number may have a new owner', async () => {
	const person = somebody();
	await person.say('Saya mau melapor soal antrean.');
	const later = new Date(Date.now() + 91 * 86_400_000);
	for (const text of ['Kapan kantor buka?', 'Saya tunggu.']) await atTime(later, () => person.say(text));
	expect(await db().$count(conversations, eq(conversations.unitId, office.unit.id))).toBe(2);
});

test('after 90 silent days the office replies in the conversation in which the person wrote last', async () => {
	const { person, reference } = await reported(somebody());
	const receipt = await receiptOf(person);
	await withClock(
		() => new Date(Date.now() + 91 * 86_400_000),
		async () => {
			await person.say('Ini saya lagi, antreannya masih lama.');
			await person.say(receipt);
			await joinCase(office.handler, await waitingId(office.unit), { reference });
			expect(await replyWay(await readCase(reference), null)).toEqual({ by: 'whatsapp', warning: null });
			await writeMessage(office.handler, reference, { body: 'Loket satu sudah buka.', public: true });
			await toldOf(reference, person);
		}
	);
	expect(person.last()?.text).toContain('Loket satu sudah buka.');
});

test('a recorded voice note is kept as it is; a shared sound file, which may contain a location, and an expired file are refused and listed', async () => {
	const person = somebody();
	await person.say('Halo');
	await person.send('audio', SAMPLE_VOICE, 'audio/ogg; codecs=opus', '', { voice: true });
	const shared = await person.send('audio', SAMPLE_VOICE, 'audio/ogg; codecs=opus', '', { voice: false });
	expect(shared?.text).toContain('kirim lagi sebagai foto');
	await person.send('audio', Buffer.from('\0\0\0\x18ftypM4A \0\0\0\0M4A mp42'), 'audio/mp4');
	phone.store.faults.filesExpired = true;
	await person.send('document', Buffer.from('%PDF-1.4'), 'application/pdf');
	expect(person.last()?.text).toContain('kirim lagi sebagai foto');
	const here = eq(incomingMessages.unitId, office.unit.id);
	const rows = await db().select().from(incomingMessages).where(here).orderBy(incomingMessages.id);
	expect(rows.map(({ kind, state, refusedFiles }) => [kind, state, refusedFiles])).toEqual([
		['text', 'done', []],
		['audio', 'done', []],
		['audio', 'done', [{ name: 'Suara', reason: 'file_unsupported' }]],
		['audio', 'done', [{ name: 'Suara', reason: 'file_unsupported' }]],
		['document', 'done', [{ name: 'Dokumen', reason: 'file_expired' }]]
	]);
	const kept = await db().select().from(incomingFiles);
	expect(kept).toMatchObject([{ mediaType: 'audio/ogg' }]);
	expect(await fileStore().read(kept[0]?.id ?? '')).toEqual(SAMPLE_VOICE);
});

test('the person may go on in English', async () => {
	const person = somebody();
	await person.say('Good morning');
	expect((await person.press('English'))?.choices[0]?.title).toBe('Complaint');
	await person.press('Complaint');
	await person.say('The queue has not moved since nine in the morning.');
	expect((await person.press('Send'))?.text).toContain('We have received your report');
	expect((await person.say('One more thing.'))?.text).toContain('Your message was added');
});

test('an entry that cannot be written does not keep the others from the person', async () => {
	const { person, reference, found } = await reported(somebody());
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket satu.', public: true });
	const entries = await db().select().from(timeline).where(eq(timeline.caseId, found.id)).orderBy(timeline.seq);
	const [last] = entries.slice(-1);
	if (!last) throw new Error('no entry');
	await expect(writeToReporters([{ ...last, data: { message: 'x' } }, last])).rejects.toThrow();
	await person.settled();
	expect(person.last()?.text).toContain('memeriksa loket satu');
});

test('a message and the answer of the office come in the chat, once each, and "Selesai" closes the report', async () => {
	const { person, reference } = await reported(somebody());
	const follow = () => toldOf(reference, person);
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket satu.', public: true });
	await bringTo(office, reference, 'answered');
	await follow();
	await follow();
	const texts = person.received().map(({ text }) => text);
	expect(texts.filter((text) => text.includes('Kami sedang memeriksa loket satu.'))).toHaveLength(1);
	expect(texts.filter((text) => text.includes(ANSWER))).toHaveLength(1);
	expect((await person.press('Selesai'))?.text).toContain('selesai');
	expect(await readCase(reference)).toMatchObject({ status: 'closed' });
});
