import { and, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { ANSWER, bringTo, entriesOf, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { BODY, newCitizen, receiptOf, reported, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { decryptSender } from '#lib/server/cases/conversation/sender.ts';
import { contactHash } from '#lib/server/cases/reporter.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { attachments, cases, messages, timeline } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { dismissConversation } from '../incoming/decide.ts';
import { queueMessage } from '../outgoing/queue.ts';
import { afterAnswer } from './replies.ts';

const office = useOffice();
const phone = useWhatsApp(office, { templateName: 'kabar_laporan' });

const somebody = () => newCitizen(phone);
const said = () =>
	db()
		.select({ caseId: messages.caseId, body: messages.body })
		.from(messages)
		.innerJoin(cases, eq(cases.id, messages.caseId))
		.where(and(eq(messages.author, 'reporter'), eq(cases.unitId, office.unit.id)))
		.orderBy(messages.at);
const ofKind = (kind: string) =>
	db()
		.select()
		.from(incomingMessages)
		.where(and(eq(incomingMessages.kind, kind), eq(incomingMessages.unitId, office.unit.id)))
		.orderBy(incomingMessages.id);
const conversationOf = async (caseId: number | null) => {
	const rows = await db().select().from(conversations).where(eq(conversations.unitId, office.unit.id));
	const found = rows.find((row) => row.caseId === caseId);
	if (!found) throw new Error('no conversation');
	return found;
};

/** A report with an answer, about which the person was asked. */
async function answered() {
	const one = await reported(somebody());
	await bringTo(office, one.reference, 'answered');
	const conversation = await conversationOf(one.found.id);
	await transaction((tx) => queueMessage(tx, conversation, afterAnswer(conversation.id, one.reference), 'after'));
	await one.person.settled();
	return one;
}

describe('after "Belum puas"', () => {
	test('a photo with a caption is the objection, and a file that is gone is named', async () => {
		for (const expired of [false, true]) {
			const { person, reference } = await answered();
			await person.press('Belum puas');
			phone.store.faults.filesExpired = expired;
			await person.send('image', await phonePhoto('jpeg'), 'image/jpeg', 'ini buktinya');
			phone.store.faults.filesExpired = false;
			expect(await readCase(reference)).toMatchObject({ status: 'in_progress', disputes: 1 });
			expect(await rowsOfCase(attachments, reference)).toHaveLength(expired ? 0 : 1);
			const entry = (await entriesOf(reference)).findLast(({ type }) => type === 'disputed');
			expect(entry?.data.refused).toEqual(expired ? ['Berkas 1 (kedaluwarsa)'] : undefined);
		}
	});

	test('"Selesai" ends it, and the next words are no objection', async () => {
		const { person, reference } = await answered();
		await person.press('Belum puas');
		await person.press('Selesai');
		await person.say('Terima kasih.');
		expect(await readCase(reference)).toMatchObject({ status: 'closed', disputes: 0 });
	});

	test.each([
		[23, 'in_progress'],
		[25, 'answered']
	])('words after %d hours leave the report %s', async (hours, status) => {
		const { person, reference } = await answered();
		await person.press('Belum puas');
		await inHours(hours, () => person.say('Loket satu masih tutup.'));
		expect((await readCase(reference)).status).toBe(status);
	});

	test('a reaction is no objection', async () => {
		const { person, reference } = await answered();
		await person.press('Belum puas');
		await person.react('\u{1F44D}');
		expect((await readCase(reference)).status).toBe('answered');
	});
});

test('a reaction answers no question, and one to an unknown message is put aside', async () => {
	const { person, reference } = await reported(somebody());
	await bringTo(office, reference, 'needs_info');
	for (const to of [undefined, 'wamid.unknown']) await person.react('\u{1F44D}', to);
	expect((await readCase(reference)).status).toBe('needs_info');
	const rows = await ofKind('reaction');
	expect(rows.map(({ state, reason }) => [state, reason])).toEqual(
		expect.arrayContaining([
			['done', null],
			['machine', 'reaction']
		])
	);
	expect(await said()).toEqual([]);
});

test('a notice by WhatsApp that the person changed the number is no message of the person', async () => {
	const { person, found } = await reported(somebody());
	const [count, { lastAt }] = [person.received().length, await conversationOf(found.id)];
	await inHours(1, () => person.say('', { type: 'system', system: { type: 'user_changed_number' } }));
	expect(person.received()).toHaveLength(count);
	expect((await conversationOf(found.id)).lastAt).toEqual(lastAt);
	expect(await ofKind('system')).toMatchObject([{ state: 'machine', reason: 'system', conversationId: null }]);
});

test.each(['sticker', 'poll'])('a %s answers no question, and the person is asked to write', async (type) => {
	const { person, reference } = await reported(somebody());
	await bringTo(office, reference, 'needs_info');
	const sticker = { id: phone.store.addMedia(Buffer.from('x'), 'image/webp', null), mime_type: 'image/webp' };
	const asked = await person.say('', { type, sticker });
	expect(asked?.text).toContain('dengan kata-kata');
	expect((await readCase(reference)).status).toBe('needs_info');
	expect(await said()).toEqual([]);
});

test.each(['Kirim', 'Batal'])('"%s" after the office decided opens nothing and brings the menu', async (button) => {
	const { person } = await reported(somebody());
	await person.say('menu');
	await person.press('Saran');
	await person.say('Tambah kursi di ruang tunggu untuk lansia.');
	await dismissConversation(office.handler, (await conversationOf(null)).id, { reason: 'greeting', seen: 9 });
	const menu = await person.press(button);
	expect(menu?.choices.map(({ title }) => title)).toContain('Pengaduan');
	expect(await db().$count(cases, eq(cases.unitId, office.unit.id))).toBe(1);
	expect(await said()).toEqual([]);
});

test('a report longer than the form allows is cut, and says so', async () => {
	const person = somebody();
	await person.say('Halo');
	await person.press('Pengaduan');
	for (let part = 0; part < 3; part++) await person.say('x'.repeat(9000));
	await person.press('Kirim');
	const [found] = await db().select().from(cases).where(eq(cases.unitId, office.unit.id));
	expect(found?.body).toHaveLength(20_000);
	expect(found?.body).toMatch(/x …\n\n\(Lanjutannya ada di pesan masuk\.\)$/);
});

test('questions to the data service do not go into an open report', async () => {
	const { person, reference } = await reported(somebody());
	await bringTo(office, reference, 'needs_info');
	await person.say('menu');
	expect((await person.press('Konsultasi data'))?.text).not.toContain('membalas');
	await person.say('Berapa jumlah penduduk?');
	expect((await readCase(reference)).status).toBe('needs_info');
	const question = (await ofKind('text')).at(-1);
	expect(question).toMatchObject({ body: 'Berapa jumlah penduduk?', conversationId: (await conversationOf(null)).id });
	await inHours(25, () => person.say('Sejak Senin.'));
	expect((await said()).map(({ body }) => body)).toEqual(['Sejak Senin.']);
});

test('a photo beside the receipt goes into the report, and the language stays', async () => {
	const person = somebody();
	await person.say('Halo');
	await person.press('English');
	await person.press('Complaint');
	await person.say(BODY);
	await person.press('Send');
	const [found] = await db().select().from(cases).where(eq(cases.unitId, office.unit.id));
	const receipt = await receiptOf(person, 'Get the secret code');
	const read = await person.send('image', await phonePhoto('jpeg'), 'image/jpeg', receipt);
	expect(read?.text).toContain('Thank you');
	expect(await rowsOfCase(attachments, found?.reference ?? '')).toHaveLength(1);
});

test('words beside the receipt go into the report, unless they only introduce it', async () => {
	const { person } = await reported(somebody());
	const receipt = await receiptOf(person);
	await person.say(`Selamat pagi, ini kode saya: ${receipt}`);
	expect((await person.say(`Kode saya ${receipt}. Petugas itu meminta uang lagi.`))?.text).toContain('sesuai');
	expect((await said()).map(({ body }) => body)).toEqual(['Kode saya •••. Petugas itu meminta uang lagi.']);
});

describe('after 24 hours', () => {
	const writtenTo = async (caseId: number) =>
		writeToReporters(await db().select().from(timeline).where(eq(timeline.caseId, caseId)));

	test('an answer costs one template, and its text comes once the person writes', async () => {
		const { person, reference, found } = await reported(somebody());
		await bringTo(office, reference, 'answered');
		await inHours(25, async () => {
			await writtenTo(found.id);
			await person.settled();
			const outside = person.received().filter(({ text }) => text.startsWith('[templat'));
			expect(outside).toHaveLength(1);
			expect(JSON.stringify(person.received())).not.toContain(ANSWER);
			await person.say('ya');
			await person.say('Baik, saya baca dulu jawabannya di rumah.');
		});
		expect(person.received().filter(({ text }) => text.includes(ANSWER))).toHaveLength(1);
		expect(person.received().filter(({ choices }) => choices.some(({ title }) => title === 'Belum puas'))).toHaveLength(
			1
		);
		expect((await said()).map(({ body }) => body)).toEqual(['Baik, saya baca dulu jawabannya di rumah.']);
	});

	test('a "ya" to the template answers no question that was not read', async () => {
		const { person, reference, found } = await reported(somebody());
		await bringTo(office, reference, 'verified');
		await inHours(25, async () => {
			await askReporter(office.handler, reference, {
				body: 'Pada hari apa?',
				version: (await readCase(reference)).version
			});
			await writtenTo(found.id);
			await person.settled();
			await person.say('ya');
			expect(person.last()?.text).toContain('Pada hari apa?');
			expect((await readCase(reference)).status).toBe('needs_info');
			await person.say('Senin');
		});
		expect((await readCase(reference)).status).not.toBe('needs_info');
		expect((await said()).map(({ body }) => body)).toEqual(['Senin']);
	});

	test.each(['written', 'as a reply to the question'])(
		'a short answer, %s, to a question that was read counts, although a later text waited',
		async (how) => {
			const { person, reference, found } = await reported(somebody());
			await bringTo(office, reference, 'needs_info');
			await writtenTo(found.id);
			await person.settled();
			const question = person.last()?.id;
			await inHours(25, async () => {
				await writeMessage(office.handler, reference, { body: 'Kami masih menunggu jawaban Anda.', public: true });
				await writtenTo(found.id);
				await person.settled();
				await person.say('Senin, 3 Maret', how === 'written' ? {} : { context: { id: question } });
			});
			expect((await readCase(reference)).status).not.toBe('needs_info');
			expect((await said()).map(({ body }) => body)).toEqual(['Senin, 3 Maret']);
		}
	);

	test('a "ya" that replies to the template itself answers no question that was not read', async () => {
		const { person, reference, found } = await reported(somebody());
		await inHours(25, async () => {
			await bringTo(office, reference, 'needs_info');
			await writtenTo(found.id);
			await person.settled();
			await person.say('ya', { context: { id: person.last()?.id } });
		});
		expect((await readCase(reference)).status).toBe('needs_info');
		expect(await said()).toEqual([]);
	});
});

test('a number that later shows its user id stays the same person', async () => {
	const { person, found } = await reported(somebody());
	await person.say('Sejak Senin.', { from_user_id: 'ID.4711' });
	expect((await said()).map(({ caseId, body }) => [caseId, body])).toEqual([[found.id, 'Sejak Senin.']]);
	const conversation = await conversationOf(found.id);
	expect(conversation.senderHash).toBe(contactHash('ID.4711'));
	expect(await decryptSender(conversation)).toMatchObject({
		address: 'ID.4711',
		number: expect.stringMatching(/^628/)
	});
});

test('after 90 silent days the user id of the number does not replace the person who wrote the report', async () => {
	const { person, found } = await reported(somebody());
	const before = await conversationOf(found.id);
	await inHours(91 * 24, async () => {
		for (const text of ['Halo', 'Apakah kantor buka?']) await person.say(text, { from_user_id: 'ID.4712' });
	});
	const { senderHash, senderSealed } = before;
	expect(await conversationOf(found.id)).toMatchObject({ senderHash, senderSealed, draft: { locked: true } });
	expect((await conversationOf(null)).senderHash).toBe(contactHash('ID.4712'));
});

test('a receipt after 90 silent days, with a user id and other words, is answered in the one chat of the report', async () => {
	const { person, found } = await reported(somebody());
	const receipt = await receiptOf(person);
	await inHours(91 * 24, async () => {
		const text = `Kode saya ${receipt}. Petugas itu meminta uang lagi.`;
		expect((await person.say(text, { from_user_id: 'ID.4713' }))?.text).toContain('sesuai');
	});
	expect(await db().$count(conversations, eq(conversations.caseId, found.id))).toBe(1);
});
