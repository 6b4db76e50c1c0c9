import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { bringTo, entriesOf, nameOfficer, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { db } from '#lib/server/db/index.ts';
import { attachments, messages } from '#lib/server/db/schema/cases.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { dismissConversation, joinCase, referConversation, restoreConversation } from './decide.ts';
import { storeArrived } from './store-message.ts';
import { listConversations } from './list.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { failedMessages, setAside, settleFailed } from './set-aside.ts';
import { conversationView } from './view.ts';

const office = useOffice();
const NAMED = { identity: 'named', reporter: { name: 'Sari Contoh', email: SARI } };
const dismissed = { reason: 'greeting', seen: 9 };
const { mailbox, waitingFrom, listed } = useMailbox(office);
const rowOf = async (id: number) => (await db().select().from(conversations).where(eq(conversations.id, id)))[0];
const logged = async (id: number) =>
	(
		await db()
			.select()
			.from(auditEntries)
			.where(eq(auditEntries.subject, `#${id}`))
	).map(({ action }) => action);

test("a second conversation of the reporter becomes the reporter's message and answers the question", async () => {
	const { reference } = await openFromConversation(await waitingFrom(), {}, office.handler);
	await bringTo(office, reference, 'needs_info');
	const photo = keptFile();
	const id = await waitingFrom(' SARI@contoh.example', 'Hari Senin.', { files: [photo] });
	const joined = await joinCase(office.handler, id, { reference: reference.toLowerCase() });
	expect(joined).toEqual({ reference, fromReporter: true });
	expect((await readCase(reference)).status).toBe('received');
	expect((await entriesOf(reference)).at(-1)).toMatchObject({
		type: 'info_given',
		actorKind: 'reporter',
		actorId: office.handler.accountId,
		data: { conversation: id, recorded: { by: 'email' } }
	});
	expect(await rowsOfCase(attachments, reference)).toMatchObject([{ id: photo.id }]);
	expect(await rowOf(id)).toMatchObject({ state: 'case', decidedBy: office.handler.accountId, ofReporter: true });
});

test('from any other address it changes no status', async () => {
	const { reference } = await makeCase(office.unit, NAMED);
	await bringTo(office, reference, 'needs_info');
	const id = await waitingFrom('lain@contoh.example', 'Saya saksinya.');
	expect(await joinCase(office.handler, id, { reference })).toEqual({ reference, fromReporter: false });
	expect((await readCase(reference)).status).toBe('needs_info');
	expect((await rowsOfCase(messages, reference)).at(-1)).toMatchObject({ author: 'other', public: false });
	const at = (await rowOf(id))?.lastAt.toISOString();
	expect((await entriesOf(reference)).at(-1)).toMatchObject({ data: { recorded: { by: 'email', at } } });
	expect(await rowOf(id)).toMatchObject({ state: 'case', ofReporter: false });
});

test('with a withheld name nothing tells whether the sender is the reporter, also of later messages', async () => {
	const phone = await makeConnection(office.unit, { channel: 'sms' });
	const { reference } = await makeCase(office.unit, {
		identity: 'withheld',
		reporter: { name: 'Sari Contoh', email: SARI, phone: '081234567890' }
	});
	await bringTo(office, reference, 'needs_info');
	const first = await receive(phone, '081234567890', 'Hari Senin.');
	for (const id of [await waitingFrom(), first.conversationId]) {
		await joinCase(office.handler, id, { reference });
		expect(await rowOf(id)).toMatchObject({ state: 'case', ofReporter: false });
		await receive(mailbox, SARI, 'Jam sembilan.', { to: { conversationId: id } });
	}
	await receive(phone, '081234567890', 'Loket dua.');
	expect((await rowsOfCase(messages, reference)).filter(({ author }) => author === 'other')).toHaveLength(5);
	expect((await readCase(reference)).status).toBe('needs_info');
});

test('the last digits of a number are not enough, because a message can’t be taken out of a report again', async () => {
	const { reference } = await makeCase(office.unit);
	const id = await waitingFrom();
	const attempt = joinCase(office.handler, id, { reference: String(Number(reference.slice(-6))) });
	await expect(attempt).rejects.toMatchObject({ issues: [{ path: 'reference', code: 'report_number_whole' }] });
	expect(await listed()).toEqual([id]);
});

test('refuses a case that the actor may not see in the same way as an unknown number', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit);
	await nameOfficer(office.supervisor, reference, officer);
	const elsewhere = await makeCase(await makeUnit());
	const id = await waitingFrom();
	for (const [actor, number] of [
		[named, reference],
		[office.handler, elsewhere.reference],
		[office.handler, 'SPATULA-9999-26-000001']
	] as const) {
		await expect(joinCase(actor, id, { reference: number })).rejects.toMatchObject({
			issues: [{ path: 'reference', code: 'report_unknown' }]
		});
	}
	expect((await rowOf(id))?.state).toBe('waiting');
});

test('refuses a practice report, which is deleted with all that was put into it', async () => {
	const trial = await makeUnit({ parent: office.unit, state: 'trial' });
	const handler = await makeActor([[office.unit.id, 'handler']]);
	const { reference } = await makeCase(trial, {}, { visitor: handler });
	const id = await waitingFrom();
	await expect(joinCase(handler, id, { reference })).rejects.toMatchObject({
		issues: [{ path: 'reference', code: 'link_practice' }]
	});
	expect((await rowOf(id))?.state).toBe('waiting');
});

test('each verb works once: a second decision is a conflict that says what happened', async () => {
	const { reference } = await makeCase(office.unit);
	const verbs = [
		(id: number) => openFromConversation(id, {}, office.handler),
		(id: number) => joinCase(office.handler, id, { reference }),
		(id: number) => referConversation(office.supervisor, id, { seen: 9 }),
		(id: number) => dismissConversation(office.supervisor, id, dismissed)
	];
	for (const first of verbs) {
		const id = await waitingFrom();
		await first(id);
		const state = (await rowOf(id))?.state;
		for (const second of verbs) {
			await expect(second(id)).rejects.toMatchObject({
				code: 'invalid-move',
				present: { reason: `conversation_${state}` }
			});
		}
	}
});

test('accepts only one of several verbs pressed at the same moment', async () => {
	const { reference } = await makeCase(office.unit);
	const id = await waitingFrom();
	const ended = await Promise.allSettled([
		openFromConversation(id, {}, office.handler),
		joinCase(office.handler, id, { reference }),
		referConversation(office.supervisor, id, { seen: 9 }),
		dismissConversation(office.rootSupervisor, id, dismissed)
	]);
	expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
	for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'invalid-move' });
});

test("the handler may name another reporter, or withhold the sender's name", async () => {
	const reporter = { name: 'Rina Contoh', phone: '081234567890', email: 'rina@contoh.example' };
	const other = await openFromConversation(await waitingFrom(), { reporter }, office.handler);
	const row = await readCase(other.reference);
	expect(await decryptReporter(row.reporterSealed)).toEqual(reporter);
	const [consent] = await consentsOfCase(row.id);
	expect(consent).toMatchObject({ kind: 'reporter_mail', given: true, recordedBy: office.handler.accountId });
	// The person who wrote is not the reporter then, unless a contact is theirs.
	expect(await db().select().from(conversations).where(eq(conversations.caseId, row.id))).toMatchObject([
		{ ofReporter: false }
	]);
	const known = await waitingFrom();
	await openFromConversation(known, { reporter: { ...reporter, email: SARI.toUpperCase() } }, office.handler);
	const decided = await rowOf(known);
	expect(decided).toMatchObject({ ofReporter: true });
	const words = 'Pelapor sendiri menulis kepada kantor dari alamat e-mail ini';
	expect(await consentsOfCase(decided?.caseId ?? 0)).toMatchObject([
		{ kind: 'reporter_mail', given: true, words, recordedBy: null }
	]);

	const refusedFiles = [
		{ name: 'Surat Budi.Santoso.docx', reason: 'file_unsupported' },
		{ name: 'ktp.pdf', reason: 'file_pdf_encrypted' }
	];
	const id = await waitingFrom(SARI, 'Antrean lama.', { refusedFiles });
	expect((await conversationView(office.handler, id)).messages).toMatchObject([
		{ refusedFiles: ['Surat Budi.Santoso.docx (jenis ini tidak diterima)', 'ktp.pdf (terkunci kata sandi)'] }
	]);
	const { reference } = await openFromConversation(id, { identity: 'withheld' }, office.handler);
	const shown = await Promise.all([conversationView(office.handler, id), entriesOf(reference)]);
	expect(JSON.stringify(shown)).not.toContain('Santoso');
	expect(JSON.stringify(shown)).toContain('Berkas 1 (docx, jenis ini tidak diterima)');
	expect((await conversationView(office.handler, id)).sender).toBeNull();
	expect((await listConversations(office.handler, { state: 'case' })).items[0]).toMatchObject({
		sender: null,
		case: { reference }
	});
	expect(await listed(office.handler, { state: 'case', q: SARI })).not.toContain(id);
	// A later message of the same person does not lead to it.
	expect((await conversationView(office.handler, await waitingFrom())).proposals).toEqual([]);
});

test('a referral sends the addresses of the office once, by the channel of the conversation', async () => {
	overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
	const id = await waitingFrom(SARI, 'Saya minta data inflasi.', { subject: 'Data inflasi' });
	expect(await referConversation(office.handler, id, { seen: 9 })).toBe('referred');
	const [mail] = await db().select().from(mails).where(eq(mails.conversationId, id));
	expect(mail).toMatchObject({ kind: 'conversation', subject: 'Re: Data inflasi', state: 'waiting', address: null });
	expect(mail?.body).toContain(`/${office.unit.slug}`);
	expect(await logged(id)).toEqual(['conversation.referred']);
	await restoreConversation(office.handler, id);
	expect(await referConversation(office.handler, id, { seen: 9 })).toBe('again');
	expect(await db().$count(mails, eq(mails.conversationId, id))).toBe(1);
});

test('without a mail server a referral is recorded, and says that nothing is sent', async () => {
	overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
	expect(await referConversation(office.handler, await waitingFrom(), { seen: 9 })).toBe('unsent');
});

test('a dismissal needs a reason and can be undone', async () => {
	const id = await waitingFrom();
	await expect(dismissConversation(office.handler, id, { seen: 9 })).rejects.toMatchObject({
		issues: [{ code: 'dismissal_reason' }]
	});
	await dismissConversation(office.handler, id, dismissed);
	expect(await listed(office.handler, { state: 'dismissed' })).toEqual([id]);
	await restoreConversation(office.supervisor, id);
	expect(await rowOf(id)).toMatchObject({ state: 'waiting', reason: null, decidedAt: null });
	expect(await logged(id)).toEqual(['conversation.dismissed', 'conversation.restored']);
	await expect(restoreConversation(office.supervisor, id)).rejects.toMatchObject({ code: 'invalid-move' });
});

test('a message that came after the page was loaded is neither dismissed nor referred with the others', async () => {
	const id = await waitingFrom(SARI, 'Selamat pagi.');
	const { seen } = await conversationView(office.handler, id);
	await receive(mailbox, SARI, 'Antreannya lama.', { to: { conversationId: id } });
	const unread = { code: 'invalid-move', present: { reason: 'conversation_message' } };
	await expect(referConversation(office.handler, id, {})).rejects.toMatchObject({ issues: [{ path: 'seen' }] });
	const decision = { ...dismissed, seen: String(seen) };
	await expect(dismissConversation(office.handler, id, decision)).rejects.toMatchObject(unread);
	await expect(referConversation(office.handler, id, decision)).rejects.toMatchObject(unread);
	expect((await rowOf(id))?.state).toBe('waiting');
	const present = await conversationView(office.handler, id);
	await dismissConversation(office.handler, id, { ...dismissed, seen: String(present.seen) });
	expect((await rowOf(id))?.state).toBe('dismissed');
});

test('a page of a conversation shows its latest 200 messages, and leads to those before', async () => {
	const { conversationId, message } = await receive(mailbox, SARI, 'Pertama');
	const [row = message] = await db().select().from(incomingMessages).where(eq(incomingMessages.id, message.id));
	const { id: _, onceKey, ...like } = row;
	const more = Array.from({ length: 200 }, (_none, n) => ({ ...like, onceKey: `${onceKey}/${n}`, body: `Ke-${n}` }));
	await db().insert(incomingMessages).values(more);
	const latest = await conversationView(office.handler, conversationId);
	expect(latest.messages.map(({ body }) => body)).toEqual(more.map(({ body }) => body));
	const before = await conversationView(office.handler, conversationId, latest.earlier ?? '');
	expect([before.messages.map(({ body }) => body), before.earlier]).toEqual([['Pertama'], null]);
});

test('a message that failed is listed with its reason until somebody settles it', async () => {
	const failed = async (onceKey: string) => {
		const row = await storeArrived(db(), mailbox, { onceKey, bytes: 9, sentAt: new Date() });
		await setAside(db(), row?.id ?? 0, 'failed', 'encrypted');
		return row?.id ?? 0;
	};
	const [again, done] = [await failed(`a${mailbox.id}`), await failed(`b${mailbox.id}`)];
	expect((await failedMessages(office.handler)).items.map(({ id, reason }) => [id, reason])).toEqual([
		[again, 'encrypted'],
		[done, 'encrypted']
	]);
	const stranger = await makeActor([[(await makeUnit()).id, 'handler']]);
	const settle = (message: number, how: string, actor = office.handler) =>
		settleFailed(actor, { message: String(message), settle: how });
	await expect(settle(again, 'again', stranger)).rejects.toMatchObject({ code: 'stale' });
	await settle(again, 'again');
	await settle(done, 'done');
	await expect(settle(done, 'done')).rejects.toMatchObject({ code: 'stale' });
	expect((await failedMessages(office.handler)).items).toEqual([]);
	const states = await db()
		.select({ state: incomingMessages.state })
		.from(incomingMessages)
		.where(eq(incomingMessages.connectionId, mailbox.id))
		.orderBy(incomingMessages.id);
	expect(states.map(({ state }) => state)).toEqual(['stored', 'done']);
});
