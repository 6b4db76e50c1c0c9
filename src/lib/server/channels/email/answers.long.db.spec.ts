import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { mailSource } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { lastEntry, on, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { deliverReporterMails, reporterMailsOf, writeReporterMails } from '#lib/dev/testing/reporters.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { rounds } from '#lib/dev/testing/random-tests.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { askReporter, writeMessage } from '#lib/server/cases/conversation/message.ts';
import { reporterMailState } from '#lib/server/cases/mail-preference.ts';
import { officeOfReceiptLink, useReceiptLink } from '#lib/server/cases/receipt-link.ts';
import { ago } from '#lib/server/clock.ts';
import { NotFound } from '#lib/server/errors.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { rateLimits } from '#lib/server/db/schema/people.ts';
import { legalHolds } from '#lib/server/db/schema/retention.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { openFromConversation } from '../incoming/open-from-conversation.ts';
import { replyToConversation } from '../incoming/decide.ts';
import { deleteOldMails, deliverMail } from '../mail-delivery.ts';
import { noteRefusedAddress } from '../unsubscribe.ts';

const office = useOffice();
const smtp = useMailServer();
const SARI = 'sari@warga.example';
const BODY = 'Antrean di loket tidak bergerak.';
const ANSWER = 'Loket kami tambah mulai Senin.\nTerima kasih, {receipt_link} $& {message:x}';

let server: Awaited<ReturnType<typeof startImapServer>>;
let mailbox: ConnectionRow;

beforeEach(async () => {
	server = await startImapServer();
	await db().delete(rateLimits);
	mailbox = await connectMailbox(office.unit, server, { dedicated: true });
});
afterEach(() => server.close());

const containing = (words: string): unknown => expect.stringContaining(words);
const ofOffice = async () => db().select().from(cases).where(eq(cases.unitId, office.unit.id));
async function report(headers: Parameters<typeof mailSource>[0] = {}) {
	server.deliver(mailSource(headers, BODY));
	await readOnce(mailbox);
	const reference = (await ofOffice()).at(-1)?.reference ?? '';
	await writeReporterMails(reference);
	await deliverReporterMails(reference);
	return reference;
}

test('confirms the report once, with a link to the receipt that a scanner does not use up', async () => {
	const reference = await report({ 'Message-ID': '<1@warga.example>' });
	const [mail, ...more] = smtp.emails();
	expect(more).toEqual([]);
	expect(mail).toMatchObject({
		to: SARI,
		headers: { 'auto-submitted': 'auto-replied', 'reply-to': mailbox.address }
	});
	expect(mail?.headers).toMatchObject({ 'in-reply-to': '<1@warga.example>', references: '<1@warga.example>' });
	expect(mail?.text).toContain(reference);
	expect(mail?.raw).not.toContain('Antrean');
	const token = /\/terima\/([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
	const [row] = await reporterMailsOf(reference);
	expect(row?.body).not.toContain(token);
	await officeOfReceiptLink(token);
	await officeOfReceiptLink(token);
	expect(await useReceiptLink(token)).toMatch(/^[0-9A-Z-]+$/);
	await expect(inHours(1, () => useReceiptLink(token))).rejects.toBeInstanceOf(NotFound);
});

test('answers by e-mail with the text of the office, in the thread of the reporter', async () => {
	const reference = await report({ 'Message-ID': '<1@warga.example>' });
	await writeMessage(office.handler, reference, await on(reference, { body: ANSWER, public: true }));
	await writeReporterMails(reference);
	const written = await reporterMailsOf(reference);
	expect(written.map(({ body }) => body).join()).not.toContain('Loket kami');
	await deliverReporterMails(reference);
	const mail = smtp.emails().at(-1);
	expect(mail?.text.replaceAll('\r\n', '\n')).toContain(ANSWER);
	expect(mail?.headers).toMatchObject({ 'auto-submitted': 'no', 'in-reply-to': '<1@warga.example>' });
	// The reporter answers that e-mail.
	await askReporter(office.handler, reference, await on(reference, { body: 'Loket yang mana?' }));
	server.deliver(mailSource({ 'In-Reply-To': mail?.messageId ?? '', Subject: 'Re: x' }, 'Loket dua.'));
	await readOnce(mailbox);
	expect(await readCase(reference)).toMatchObject({ status: 'received' });
	expect(await ofOffice()).toHaveLength(1);
});

test('an e-mail from before the question, which is read after it, is no answer to it', async () => {
	const reference = await report({ 'Message-ID': '<1@warga.example>' });
	await askReporter(office.handler, reference, await on(reference, { body: 'Loket yang mana?' }));
	const thread = { 'In-Reply-To': smtp.emails()[0]?.messageId ?? '' };
	const read = async (body: string, minutesAgo: number) => {
		server.deliver(mailSource(thread, body), ago(minutesAgo * MINUTE_MS));
		await readOnce(mailbox);
		return readCase(reference);
	};
	expect(await read('Saya tambah foto.', 60)).toMatchObject({ status: 'needs_info' });
	expect(await lastEntry(reference, 'message')).toMatchObject({ actorKind: 'reporter', public: true });
	expect(await read('Loket dua.', 0)).toMatchObject({ status: 'received' });
});

test('stores no secret link of the e-mail that a reply quotes', async () => {
	const reference = await report({ 'Message-ID': '<1@warga.example>' });
	const { text = '', messageId = '' } = smtp.emails()[0] ?? {};
	const tokens = [...text.matchAll(/\/(?:terima|surel)\/([\w-]+)/g)].flatMap(([, token]) => token ?? []);
	expect(tokens).toHaveLength(2);
	const redirect = `https://aman.example/?url=https%3A%2F%2Fsitus%2Fterima%2F${tokens[0]}`;
	const quote = text.replace(/^/gm, '> ');
	server.deliver(mailSource({ 'In-Reply-To': messageId }, `Ini fotonya. ${redirect}\n\nKantor menulis:\n${quote}`));
	await readOnce(mailbox);
	const stored = JSON.stringify([await rowsOfCase(messages, reference), await db().select().from(incomingMessages)]);
	expect(stored).toContain('/surel/•••');
	for (const token of tokens) expect(stored).not.toContain(token);
});

test('confirms a report whose writer’s name the office withheld, without a link', async () => {
	await db().update(connections).set({ dedicated: false }).where(eq(connections.id, mailbox.id));
	server.deliver(mailSource({}, BODY));
	await readOnce(mailbox);
	const [row] = await db().select().from(conversations).where(eq(conversations.connectionId, mailbox.id));
	const { reference } = await openFromConversation(row?.id ?? 0, { identity: 'withheld' }, office.handler);
	await writeReporterMails(reference);
	await deliverReporterMails(reference);
	const [mail] = smtp.emails();
	expect(mail).toMatchObject({ to: SARI, headers: { 'auto-submitted': 'auto-replied' } });
	expect(mail?.text).toContain(reference);
	expect(mail?.text).not.toMatch(/terima\/|receipt_link|kode rahasia, buka/);
});

test('writes again to an address that was refused once the reporter writes from it', async () => {
	const reference = await report({ 'Message-ID': '<1@warga.example>' });
	const { id } = await readCase(reference);
	await transaction((tx) => noteRefusedAddress(tx, id));
	server.deliver(mailSource({ From: 'lain@warga.example', 'In-Reply-To': smtp.emails()[0]?.messageId ?? '' }, 'Halo.'));
	await readOnce(mailbox);
	expect(await reporterMailState(await readCase(reference))).toBe('refused');
	server.deliver(mailSource({ 'In-Reply-To': smtp.emails()[0]?.messageId ?? '' }, 'Kotak surat saya tadi penuh.'));
	await readOnce(mailbox);
	expect(await reporterMailState(await readCase(reference))).toBe('wanted');
});

test('sends no text that was destroyed meanwhile', async () => {
	const reference = await report();
	await writeMessage(office.handler, reference, await on(reference, { body: 'Loket kami tambah.', public: true }));
	await writeReporterMails(reference);
	await db().update(messages).set({ body: '' });
	await deliverReporterMails(reference);
	expect(smtp.emails()).toHaveLength(1);
	expect((await reporterMailsOf(reference)).map(({ state }) => state)).toEqual(['sent', 'withdrawn']);
});

test('an automatic answer without a mark, many times: one confirmation', async () => {
	for (let round = 1; round <= rounds({ quick: 8, all: 50 }); round += 1) {
		const last = smtp.emails().at(-1);
		const thread: Record<string, string> = round % 2 && last ? { 'In-Reply-To': last.messageId } : {};
		server.deliver(mailSource({ ...thread, Subject: `Tiket ${round} diterima` }, `Terima kasih, tiket ${round}.`));
		await readOnce(mailbox);
		const reference = (await ofOffice()).at(-1)?.reference ?? '';
		await writeReporterMails(reference);
		await deliverReporterMails(reference);
	}
	expect(smtp.emails().filter(({ to }) => to === SARI)).toHaveLength(1);
}, 120_000);

test('confirms each report of a person in one hour, also when the first try to write the e-mail failed', async () => {
	const first = await report();
	server.deliver(mailSource({}, 'Petugas loket dua tidak ada di tempat.'));
	await readOnce(mailbox);
	const second = (await ofOffice()).at(-1)?.reference ?? '';
	await db().execute(sql`alter table mails rename to mails_gone`);
	await expect(writeReporterMails(second)).rejects.toThrow();
	await db().execute(sql`alter table mails_gone rename to mails`);
	for (let time = 1; time <= 2; time += 1) await writeReporterMails(second);
	await deliverReporterMails(second);
	expect(smtp.emails()).toMatchObject([{ text: containing(first) }, { text: containing(second) }]);
});

test('a shared mailbox confirms nothing before a person made a report of it, and answers by e-mail too', async () => {
	await db().delete(conversations).where(eq(conversations.connectionId, mailbox.id));
	const shared = await connectMailbox(office.unit, server, { address: mailbox.address });
	server.deliver(mailSource({ 'Message-ID': '<9@warga.example>', Subject: 'Jumlah penduduk' }, 'Berapa?'));
	await readOnce(shared);
	expect(smtp.emails()).toEqual([]);
	const [row] = await db().select().from(conversations).where(eq(conversations.connectionId, shared.id));
	if (!row) throw new Error('no conversation');
	await transaction((tx) => replyToConversation(tx, row, 'Silakan ke PST.', 'referral'));
	const [mail] = await db().select().from(mails).where(eq(mails.conversationId, row.id));
	await deliverMail(mail?.id ?? '', 1);
	expect(smtp.emails()).toMatchObject([
		{ to: SARI, subject: 'Re: Jumlah penduduk', headers: { 'in-reply-to': '<9@warga.example>' } }
	]);
	expect(mail?.address).toBeNull();
	const { reference } = await openFromConversation(row.id, { kind: 'complaint' }, office.handler);
	await writeReporterMails(reference);
	await deliverReporterMails(reference);
	expect(smtp.emails().at(-1)?.text).toMatch(/\/terima\//);
});

test('deletes e-mails after 90 days, those of an open or held report later', async () => {
	const reference = await report();
	const leftAfter = (days: number) =>
		inHours(24 * days, async () => {
			await deleteOldMails();
			return (await reporterMailsOf(reference)).length;
		});
	// A reply may name them.
	expect(await leftAfter(200)).toBe(1);
	await db().update(cases).set({ status: 'closed' }).where(eq(cases.reference, reference));
	expect(await leftAfter(89)).toBe(1);
	await db()
		.insert(legalHolds)
		.values({ caseId: (await readCase(reference)).id });
	expect(await leftAfter(91)).toBe(1);
	await db().delete(legalHolds);
	expect(await leftAfter(91)).toBe(0);
});
