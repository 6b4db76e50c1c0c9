import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { act, atTime, entriesOf, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { BODY, newCitizen, reportBy, toldOf, useWhatsApp } from '#lib/dev/testing/channels/whatsapp.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { splitCase } from '#lib/server/cases/handling/split.ts';
import { useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { replyWay } from '../reply-way.ts';
import { listConversations } from './list.ts';

const office = useOffice();
const phone = useWhatsApp(office);

test('a number that the reporter replaced gets no more answers, and sees the status only', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const row = await readCase(reference);
	await transaction((tx) => changeReporterContact(tx, row, { phone: '081298765432' }, { at: now() }));
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket satu.', public: true });
	// No job of the new number has run, only that of the message.
	await writeToReporters((await entriesOf(reference)).filter(({ type }) => type === 'message'));
	await person.settled();
	expect(JSON.stringify(person.received())).not.toContain('memeriksa loket');
	expect(await replyWay(await readCase(reference), null)).toEqual({ by: 'site', warning: 'no_contact' });
	expect((await person.press('Minta kode rahasia'))?.text).not.toContain('/terima/');
	await person.say('menu');
	expect((await person.press('Lacak laporan'))?.text).toContain('hanya status');
});

/** Records another number in a report and in the parts that `writtenBy` sees. */
async function renumber(reference: string, number: string, writtenBy?: Actor): Promise<void> {
	const row = await readCase(reference);
	await transaction((tx) =>
		changeReporterContact(tx, row, { phone: number }, { at: now(), writtenBy }, writtenBy && visibleTo(writtenBy))
	);
}

test('a number that is corrected back opens its chat again', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const reporter = await decryptReporter((await readCase(reference)).reporterSealed);
	await renumber(reference, '081298765432');
	await renumber(reference, reporter?.phone ?? '');
	expect(await replyWay(await readCase(reference), null)).toEqual({ by: 'whatsapp', warning: null });
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket satu.', public: true });
	await toldOf(reference, person);
	expect(JSON.stringify(person.received())).toContain('memeriksa loket');
});

test('a receipt opens the chat of a former number, until another number is recorded', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const [, token = ''] = /\/terima\/(\S+)/.exec((await person.press('Minta kode rahasia'))?.text ?? '') ?? [];
	const receipt = await useReceiptLink(token);
	await renumber(reference, '081298765432');
	expect((await person.say(receipt))?.text).toContain(reference);
	expect(await replyWay(await readCase(reference), null)).toEqual({ by: 'whatsapp', warning: null });
	await renumber(reference, '081298765433');
	expect(await replyWay(await readCase(reference), null)).toEqual({ by: 'site', warning: 'no_contact' });
});

test('a part whose chat is copied after the change is locked only if it has the new number too', async () => {
	const person = newCitizen(phone);
	const { reference } = await reportBy(person, BODY);
	const split = (body: string) =>
		act(splitCase, office.handler, reference, { kind: 'suggestion', body, submission_id: crypto.randomUUID() });
	const hidden = await split('Tambah kursi di ruang tunggu untuk lansia.');
	await db().update(cases).set({ restricted: true }).where(eq(cases.reference, hidden));
	await renumber(reference, '081298765432', office.handler);
	const later = await split('Pasang tirai di jendela ruang tunggu.');
	for (const part of [hidden, later]) await toldOf(part, person);
	expect(await replyWay(await readCase(hidden), null)).toEqual({ by: 'whatsapp', warning: null });
	expect(await replyWay(await readCase(later), null)).toEqual({ by: 'site', warning: 'no_contact' });
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
	expect(await replyWay(await readCase(part), null)).toEqual({ by: 'whatsapp', warning: null });
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
	await atTime(new Date(Date.now() + 91 * DAY_MS), async () => {
		await person.say('Halo, saya lagi.');
		expect((await person.say(receipt))?.text).toContain(part);
		expect(await replyWay(await readCase(part), null)).toEqual({ by: 'whatsapp', warning: null });
	});
});
