import { beforeEach, expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { act, at, entriesOf, rowsOfCase, standing } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { connectWhatsApp, newCitizen, reportBy, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { now } from '#lib/server/clock.ts';
import { transaction } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import { writeToReporters } from '#lib/server/reporters/events.ts';
import { replyWay } from '../reply-way.ts';
import { listConversations } from './list.ts';

const office = useOffice();
const phone = useWhatsApp();
beforeEach(() => connectWhatsApp(office.unit, phone.url));

const BODY = 'Antrean di loket statistik tidak berjalan sejak pukul sembilan.';

async function toldOf(reference: string, person: ReturnType<typeof newCitizen>): Promise<void> {
	await writeToReporters(await entriesOf(reference));
	await person.settled();
}

test('a number that the reporter replaced gets no more answers, and sees the status only', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const row = await standing(reference);
	await transaction((tx) => changeReporterContact(tx, row, { phone: '081298765432' }, { at: now() }));
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket satu.', public: true });
	// No job of the new number has run, only that of the message.
	await writeToReporters((await entriesOf(reference)).filter(({ type }) => type === 'message'));
	await person.settled();
	expect(JSON.stringify(person.received())).not.toContain('memeriksa loket');
	expect(await replyWay(await standing(reference), null)).toEqual({ by: 'site', warning: 'no_contact' });
	expect((await person.press('Minta kode rahasia'))?.text).not.toContain('/terima/');
	await person.say('menu');
	expect((await person.press('Lacak laporan'))?.text).toContain('hanya status');
});

test('a part that was split off is answered in the same chat, and the person chooses between the reports', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const matter = {
		kind: 'suggestion',
		body: 'Tambah kursi di ruang tunggu untuk lansia.',
		submission_id: 'pisah-0003'
	};
	const part = await act(splitCase, office.handler, reference, matter);
	await writeMessage(office.handler, part, { body: 'Kursi sudah kami pesan.', public: true });
	for (const _ of [1, 2]) await toldOf(part, person);
	expect(await replyWay(await standing(part), null)).toEqual({ by: 'whatsapp', warning: null });
	const told = person.received().filter(({ text }) => text.includes('Kursi sudah kami pesan.'));
	expect(told.map(({ text }) => text)).toEqual([expect.stringContaining(part)]);
	const which = await person.say('Berapa kursi yang dipesan?');
	expect(which?.choices.map(({ title }) => title)).toEqual(expect.arrayContaining([reference, part]));
	await person.press(part);
	expect(await rowsOfCase(messages, part)).toHaveLength(2);
	expect((await listConversations(office.handler, { state: 'case' })).items).toHaveLength(2);

	// After a long silence the receipt of the first report opens the chat for the part too, which has no receipt of its own.
	const [, token = ''] = /\/terima\/(\S+)/.exec((await person.press('Minta kode rahasia'))?.text ?? '') ?? [];
	const receipt = await useReceiptLink(token);
	await at(new Date(Date.now() + 91 * DAY_MS), async () => {
		await person.say('Halo, saya lagi.');
		expect((await person.say(receipt))?.text).toContain(part);
		expect(await replyWay(await standing(part), null)).toEqual({ by: 'whatsapp', warning: null });
	});
});
