import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { citizen, useWhatsApp, waitingId } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { act, atTime, bringTo, readCase, rowsOfCase, seenByReporter, trackedCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { archiveCase } from '#lib/server/cases/handling/archive.ts';
import { likelyDuplicatesOf } from '#lib/server/cases/triage/duplicates.ts';
import { caseForActor, caseForReporter } from '#lib/server/cases/find.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, messages } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import { caseCopy, copyJson } from '#lib/server/privacy/copy/case-copy.ts';
import { joinCase } from './decide.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { conversationView } from './view.ts';

const office = useOffice();
const { mailbox, waitingFrom } = useMailbox(office);
const whatsapp = useWhatsApp(office);

const SECRET = 'Petugas loket dua meminta uang kepada saya.';
const stranger = (reporter: object) => ({ identity: 'named', reporter: { name: 'Budi Contoh', ...reporter } });

/** Everything that the holder of the receipt can read or download. */
async function readWithReceipt(reference: string): Promise<string> {
	const view = await seenByReporter(reference);
	const copy = await caseCopy(await caseForReporter(await trackedCase(reference)), 'reporter', 'json');
	return JSON.stringify(view) + copyJson(copy).toString();
}

test('messages of a number that was typed in a form are read by the office only, also later ones', async () => {
	const sms = await makeConnection(office.unit, { channel: 'sms' });
	const { reference } = await makeCase(office.unit, stranger({ phone: '081234567890' }));
	await bringTo(office, reference, 'needs_info');
	const { conversationId } = await receive(sms, '081234567890', SECRET);
	expect((await conversationView(office.handler, conversationId)).proposals).toMatchObject([
		{ reference, isProven: false, reporter: 'Budi Contoh' }
	]);
	expect(await joinCase(office.handler, conversationId, { reference })).toEqual({ reference, fromReporter: false });
	await receive(sms, '081234567890', `Sekali lagi: ${SECRET}`);
	expect(await rowsOfCase(messages, reference)).toMatchObject([
		{ author: 'staff' },
		{ author: 'other', public: false, body: SECRET },
		{ author: 'other', public: false }
	]);
	expect((await readCase(reference)).status).toBe('needs_info');
	expect(await readWithReceipt(reference)).not.toContain(SECRET);
});

test('an e-mail reply from an address that was typed in a form counts for the office, but the receipt does not open it', async () => {
	const { reference } = await makeCase(office.unit, stranger({ email: SARI }));
	const { id: caseId } = await bringTo(office, reference, 'needs_info');
	const to = { caseId, fromReporter: true };
	const refusedFiles = [{ name: 'ktp-sari.exe', reason: 'type' }];
	await receive(mailbox, SARI, SECRET, { to, files: [keptFile()], refusedFiles });
	expect((await readCase(reference)).status).toBe('received');
	expect((await rowsOfCase(messages, reference)).at(-1)).toMatchObject({ author: 'reporter', public: false });
	expect(await rowsOfCase(attachments, reference)).toMatchObject([{ public: false }]);
	const read = await readWithReceipt(reference);
	for (const words of [SECRET, 'ktp-sari']) expect(read).not.toContain(words);
	const { entries } = await seenByReporter(reference);
	expect(entries.find(({ type }) => type === 'info_given')?.data).toEqual({ unproven: true });
	const { decidedAt, ofReporter } = conversations;
	const found = await db()
		.select({ decidedAt, ofReporter })
		.from(conversations)
		.where(eq(conversations.caseId, caseId));
	expect(found).toEqual([{ decidedAt: null, ofReporter: false }]);
	// A later message proves nothing either.
	await joinCase(office.handler, await waitingFrom(SARI, `Lagi: ${SECRET}`), { reference });
	expect(await readWithReceipt(reference)).not.toContain(SECRET);
});

test('an SMS after 90 silent days is read by the office only, because the number may be somebody else’s', async () => {
	const sms = await makeConnection(office.unit, { channel: 'sms' });
	const from = '081234567891';
	const { conversationId } = await receive(sms, from, 'Antrean di loket dua lama sekali.');
	const { reference } = await openFromConversation(conversationId, {}, office.handler);
	await atTime(new Date(Date.now() + 91 * DAY_MS), async () => {
		const { conversationId: later } = await receive(sms, from, SECRET);
		expect(await joinCase(office.handler, later, { reference })).toEqual({ reference, fromReporter: false });
	});
	expect(await readWithReceipt(reference)).not.toContain(SECRET);
});

test('messages of a person from whose conversation the report was opened are the reporter’s', async () => {
	const { reference } = await openFromConversation(await waitingFrom(), {}, office.handler);
	const again = await waitingFrom(SARI, 'Tadi pagi juga.');
	expect((await conversationView(office.handler, again)).proposals).toMatchObject([{ reference, isProven: true }]);
	expect(await joinCase(office.handler, again, { reference })).toEqual({ reference, fromReporter: true });
	expect(await readWithReceipt(reference)).toContain('Tadi pagi juga.');
});

test('messages of a person who sent the receipt in the chat are the reporter’s', async () => {
	const person = citizen(whatsapp, '6281240200001');
	const { reference, receipt } = await makeCase(office.unit, stranger({ phone: '081240200001' }));
	await person.say('Loketnya masih tutup hari ini.');
	await person.say(String(receipt));
	const id = await waitingId(office.unit);
	expect((await conversationView(office.handler, id)).proposals).toMatchObject([{ reference, isProven: true }]);
	expect(await joinCase(office.handler, id, { reference })).toEqual({ reference, fromReporter: true });
	expect(await readWithReceipt(reference)).toContain('Loketnya masih tutup hari ini.');
	expect(await db().select().from(conversations).where(eq(conversations.id, id))).toMatchObject([{ ofReporter: true }]);
});

test('the same contact typed in two forms does not make one the duplicate of the other', async () => {
	const decoy = await makeCase(office.unit, stranger({ phone: '081234567890' }));
	const victim = await makeCase(office.unit, { ...stranger({ phone: '081234567890' }), body: SECRET });
	const duplicate = { reason: 'duplicate', duplicate_of: decoy.reference };
	await expect(act(archiveCase, office.handler, victim.reference, duplicate)).rejects.toMatchObject({
		issues: [{ path: 'duplicate_of', code: 'duplicate_other_reporter' }]
	});
	const { row } = await caseForActor(office.handler, victim.reference);
	for (const one of await likelyDuplicatesOf(office.handler, row)) expect(one.sameSource).toBe(false);
});
