import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { BODY, newCitizen, reportBy, toldOf, useWhatsApp, waitingId } from '#lib/dev/testing/channels/whatsapp.ts';
import { bringTo, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { untilWaiting } from '#lib/dev/testing/waiting.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { lockCase } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { conversationsFor, lockWaiting, unitOf, type ConversationRow } from '../incoming/conversation.ts';
import { joinCaseOf } from '../incoming/join.ts';
import { openCaseOf } from '../incoming/open-from-conversation.ts';

const office = useOffice();
const phone = useWhatsApp(office);

const MORE = 'Tambah kursi tunggu untuk lansia di ruang depan.';

/** Presses a button while the transaction of a colleague, who was first, is not committed yet. */
async function pressDuring<T>(work: (tx: Tx) => Promise<T>, press: () => Promise<unknown>): Promise<T> {
	const { promise: waited, resolve: release } = Promise.withResolvers<void>();
	const { promise: worked, resolve: hold } = Promise.withResolvers<void>();
	const working = transaction(async (tx) => {
		const result = await work(tx);
		hold();
		await waited;
		return result;
	});
	await worked;
	const pressing = press();
	await untilWaiting(1).finally(release);
	const [result] = await Promise.all([working, pressing]);
	return result;
}

describe.runIf(process.env.TEST_DATABASE === 'postgres')('a button that is pressed while', () => {
	/** What staff decide about the conversation of the office that waits. */
	async function deciding(decide: (tx: Tx, conversation: ConversationRow) => Promise<unknown>) {
		const id = await waitingId(office.unit);
		const work = async (tx: Tx) => decide(tx, await lockWaiting(tx, id, conversationsFor(office.handler)));
		const caseIdNow = async () => {
			const [decided] = await db().select().from(conversations).where(eq(conversations.id, id));
			return decided?.caseId;
		};
		return { work, caseIdNow };
	}

	test('staff make a report of the messages adds them to no other report', async () => {
		const person = newCitizen(phone);
		const [first] = [await reportBy(person, BODY), await reportBy(person, MORE)];
		await person.say('Ada tambahan keterangan.');
		const { work, caseIdNow } = await deciding(async (tx, conversation) => {
			const { row } = await openCaseOf(tx, conversation, await unitOf(conversation), {}, office.handler);
			return row.id;
		});
		const opened = await pressDuring(work, () => person.press(first.reference));
		expect(person.last()?.text).toContain(first.reference);
		expect(await caseIdNow()).toBe(opened);
		expect(await db().$count(messages, eq(messages.body, 'Ada tambahan keterangan.'))).toBe(0);
	});

	test.each(['Kirim', 'Batal'])('staff put the messages into a report changes nothing: %s', async (title) => {
		const person = newCitizen(phone);
		const { id } = await reportBy(person, BODY);
		await person.say('menu');
		await person.press('Saran');
		await person.say(MORE);
		const { work, caseIdNow } = await deciding(async (tx, conversation) =>
			joinCaseOf(tx, conversation, await lockCase(tx, id), true, office.handler)
		);
		const before = await Promise.all([db().$count(cases), db().$count(conversations)]);
		await pressDuring(work, () => person.press(title));
		expect(await Promise.all([db().$count(cases), db().$count(conversations)])).toEqual(before);
		expect(await caseIdNow()).toBe(id);
	});

	test('staff record another number does not open the chat of the former one', async () => {
		const person = newCitizen(phone);
		const { id, reference } = await reportBy(person, BODY);
		await bringTo(office, reference, 'answered');
		await toldOf(reference, person);
		const row = await readCase(reference);
		const change = (tx: Tx) => changeReporterContact(tx, row, { phone: '081298765432' }, { at: now() });
		await pressDuring(change, () => person.press('Selesai'));
		const [chat] = await db().select().from(conversations).where(eq(conversations.caseId, id));
		expect(await readCase(reference)).toMatchObject({ status: 'closed', formerChats: [chat?.id] });
	});
});
