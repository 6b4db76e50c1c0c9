import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { atTime, bringTo, clockOf, entriesOf, rowsOfCase, readCase, story } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { attachments, caseOfficers, cases, messages } from '#lib/server/db/schema/cases.ts';
import { conversations, incomingFiles, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { storeArrived, placeMessage } from './store-message.ts';
import { setAside } from './set-aside.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { replyToConversation } from './decide.ts';

const office = useOffice();
const SARI = 'sari@contoh.example';
/** Tuesday, 2 March 2027, 10:00 in Makassar. */
const TUESDAY = new Date('2027-03-02T02:00:00Z');
const THURSDAY = new Date('2027-03-04T02:00:00Z');

let mailbox: ConnectionRow;
beforeEach(async () => {
	mailbox = await makeConnection(office.unit);
});

const conversation = async (id: number) => {
	const [row] = await db().select().from(conversations).where(eq(conversations.id, id));
	if (!row) throw new Error('no conversation');
	return row;
};
const conversationsHere = () => db().select().from(conversations).where(eq(conversations.unitId, office.unit.id));
const rowOf = async (id: number) => (await db().select().from(incomingMessages).where(eq(incomingMessages.id, id)))[0];
const referenceOf = async (id: number | null) =>
	(
		await db()
			.select()
			.from(cases)
			.where(eq(cases.id, id ?? 0))
	)[0]?.reference ?? '';

test('stores each message once, and replaces an impossible time', async () => {
	const twice = { onceKey: 'satu', bytes: 10, sentAt: TUESDAY };
	const [first, second] = await atTime(THURSDAY, async () => [
		await storeArrived(db(), mailbox, twice),
		await storeArrived(db(), mailbox, twice)
	]);
	expect(first).toMatchObject({ state: 'stored', sentAt: TUESDAY, receivedAt: THURSDAY, unitId: office.unit.id });
	expect(second).toBeUndefined();
	for (const [onceKey, wrong] of [
		['besok', '2027-03-05T02:00:00Z'],
		['dulu', '1970-01-01T00:00:00Z']
	] as const) {
		const message = await atTime(THURSDAY, () =>
			storeArrived(db(), mailbox, { onceKey, bytes: 1, sentAt: new Date(wrong) })
		);
		expect(message?.sentAt).toEqual(THURSDAY);
	}
});

test('an e-mail outside a thread is a matter of its own; messages in a thread or a chat are one conversation', async () => {
	const first = await receive(mailbox, SARI, 'Antrean lama.', { subject: ' Antrean \n di loket ' });
	const to = { conversationId: first.conversationId };
	const second = await receive(mailbox, ' SARI@contoh.example', 'Satu jam.\0\ud800', {
		subject: 'RE: antrean di loket',
		to
	});
	const renamed = await receive(mailbox, SARI, 'Juga ini.', { subject: 'Toilet', to });
	const apart = await receive(mailbox, SARI, 'Selamat pagi', { subject: 'Jam buka' });
	const other = await receive(mailbox, 'budi@contoh.example', 'Saya juga.', { to });
	const ids = [first, second, renamed, apart, other].map(({ conversationId }) => conversationId);
	expect(ids.slice(1, 3)).toEqual([ids[0], ids[0]]);
	expect(new Set(ids).size).toBe(3);
	const row = await conversation(first.conversationId);
	expect(row).toMatchObject({ state: 'waiting', channel: 'email', subject: 'Antrean di loket', caseId: null });
	expect(row.senderSealed).not.toContain('sari');
	expect(await rowOf(second.message.id)).toMatchObject({ state: 'done', body: 'Satu jam.\ufffd' });
	expect((await rowOf(renamed.message.id))?.body).toBe('Perihal: Toilet\n\nJuga ini.');
	expect((await conversation(apart.conversationId)).subject).toBe('Jam buka');
});

test('two first messages processed at the same time are one conversation', async () => {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
	const places = await Promise.all([1, 2, 3].map(() => receive(phone, '628123456789', 'Halo')));
	expect(new Set(places.map(({ conversationId }) => conversationId)).size).toBe(1);
});

test('a message that is processed again stays where it is', async () => {
	const { message, place } = await receive(mailbox, SARI, 'Antrean lama.');
	const again = await transaction((tx) =>
		placeMessage(tx, message, {
			sender: { name: null, address: 'lain@contoh.example' },
			body: 'x',
			files: [],
			refusedFiles: []
		})
	);
	expect(again).toEqual(place);
	expect(await conversationsHere()).toHaveLength(1);
	// By a process that lost its lease meanwhile.
	await setAside(db(), message.id, 'failed', 'gave_up');
	expect(await rowOf(message.id)).toMatchObject({ state: 'done', reason: null });
});

test('a message put aside belongs to no conversation', async () => {
	const message = await storeArrived(db(), mailbox, { onceKey: 'balasan', bytes: 1, sentAt: new Date() });
	await setAside(db(), message?.id ?? 0, 'machine', 'auto_submitted');
	expect(await rowOf(message?.id ?? 0)).toMatchObject({
		state: 'machine',
		reason: 'auto_submitted',
		conversationId: null
	});
});

test('opens a case with the time of the first message, its words, its files and its sender', async () => {
	const photo = keptFile();
	const voice = keptFile('audio/ogg');
	const { conversationId } = await atTime(TUESDAY, () =>
		receive(mailbox, SARI, 'Antrean lama.', { subject: 'Antrean'.padEnd(150, '!'), files: [photo] })
	);
	await atTime(TUESDAY, () => receive(mailbox, SARI, '', { files: [voice], to: { conversationId } }));
	const { reference } = await atTime(THURSDAY, () =>
		openFromConversation(conversationId, { kind: 'complaint' }, office.handler)
	);
	const row = await readCase(reference);
	expect(row).toMatchObject({
		channel: 'email',
		title: `${'Antrean'.padEnd(98, '!')} …`,
		body: 'Antrean lama.\n\n(pesan suara)',
		identity: 'named',
		receivedAt: TUESDAY,
		openedAt: THURSDAY,
		openedBy: office.handler.accountId
	});
	expect((await clockOf(reference, 'verification'))?.startAt).toEqual(TUESDAY);
	expect(await decryptReporter(row.reporterSealed)).toEqual({ name: 'Sari Contoh', email: SARI, phone: null });
	expect(await rowsOfCase(attachments, reference)).toMatchObject([{ id: photo.id, name: 'Foto 1.jpg', public: true }]);
	// Only supervisors play a voice note, so it does not move.
	const stays = (id: string) => db().$count(incomingFiles, eq(incomingFiles.id, id));
	expect([await stays(voice.id), await stays(photo.id)]).toEqual([1, 0]);
	const [opened] = await entriesOf(reference);
	expect(opened).toMatchObject({
		type: 'opened',
		data: { channel: 'email', without_code: true, conversation: conversationId }
	});
	expect(await conversation(conversationId)).toMatchObject({
		state: 'case',
		caseId: row.id,
		decidedBy: office.handler.accountId,
		decidedAt: THURSDAY
	});
});

test('the second of two people who decide about one conversation gets a conflict', async () => {
	const { conversationId } = await receive(mailbox, SARI, 'Antrean lama.');
	const opening = [office.handler, office.supervisor].map((actor) => openFromConversation(conversationId, {}, actor));
	const ended = await Promise.allSettled(opening);
	expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
		reason: { code: 'invalid-move', present: { reason: 'conversation_case' } }
	});
	expect(await db().$count(cases, eq(cases.unitId, office.unit.id))).toBe(1);
});

test('people of another office see no conversation', async () => {
	const { conversationId } = await receive(mailbox, SARI, 'Antrean lama.');
	const stranger = await makeActor([[office.root.id, 'manager']]);
	await expect(openFromConversation(conversationId, {}, stranger)).rejects.toMatchObject({ name: 'NotFound' });
	await expect(openFromConversation(conversationId, {}, office.rootSupervisor)).resolves.toMatchObject({});
});

test('an address that is dedicated to complaints opens cases by itself, but not for a closed office', async () => {
	mailbox = await makeConnection(office.root, { dedicated: true });
	const { place } = await receive(mailbox, SARI, 'Antrean lama.');
	expect(await readCase(await referenceOf('caseId' in place ? place.caseId : 0))).toMatchObject({
		openedBy: null,
		channel: 'email'
	});
	const closed = await makeConnection(await closedUnit(), { dedicated: true });
	expect((await receive(closed, SARI, 'Antrean lama.')).conversationId).toBeGreaterThan(0);
});

test('a dedicated address opens four cases of one sender in an hour, and the next message waits', async () => {
	mailbox = await makeConnection(await makeUnit({ parent: office.root }), { dedicated: true });
	for (let n = 1; n <= 4; n++) expect((await receive(mailbox, SARI, `Keluhan ${n}`)).place).toHaveProperty('caseId');
	expect((await receive(mailbox, SARI, 'Keluhan 5')).place).toHaveProperty('conversationId');
	expect((await receive(mailbox, 'budi@contoh.example', 'Keluhan')).place).toHaveProperty('caseId');
	const later = new Date(Date.now() + 3_700_000);
	expect((await atTime(later, () => receive(mailbox, SARI, 'Keluhan 6'))).place).toHaveProperty('caseId');
});

test('an SMS goes to the open case of its number, unless there are several', async () => {
	const phone = await makeConnection(office.unit, { channel: 'sms' });
	const send = (body: string) => receive(phone, '08123456789', body);
	const { id: caseId } = await openFromConversation((await send('Antrean lama.')).conversationId, {}, office.handler);
	expect((await send('Masih lama.')).place).toEqual({ caseId });
	const later = new Date(Date.now() + 91 * 86_400_000);
	const waits = await atTime(later, () => send('Nomor ini baru.'));
	expect(waits.conversationId).toBeGreaterThan(0);
	const second = await atTime(later, () => openFromConversation(waits.conversationId, {}, office.handler));
	expect((await atTime(later, () => send('Lagi.'))).place).toEqual({ caseId: second.id });
	await db().update(conversations).set({ lastAt: later }).where(eq(conversations.caseId, caseId));
	expect((await atTime(later, () => send('Yang mana?'))).place).toHaveProperty('conversationId');
});

test('a case holds as much of a long conversation as it can, and says where the rest is', async () => {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
	const ids = [];
	for (let n = 1; n <= 3; n++) ids.push((await receive(phone, '628123456789', 'a'.repeat(9000))).conversationId);
	const { reference } = await openFromConversation(ids[0] ?? 0, {}, office.handler);
	const { body } = await readCase(reference);
	expect(body).toHaveLength(20_000);
	expect(body).toMatch(/\(Lanjutannya ada di pesan masuk\.\)$/);
});

const closedUnit = async () => {
	return makeUnit({ state: 'closed', parent: office.root });
};

const NAMED = { identity: 'named', reporter: { name: 'Sari Contoh', email: SARI } };

test("a message of the reporter's thread answers the question of the office", async () => {
	const { conversationId } = await atTime(TUESDAY, () => receive(mailbox, SARI, 'Antrean lama.'));
	const { reference } = await atTime(TUESDAY, () => openFromConversation(conversationId, {}, office.handler));
	const { id } = await atTime(TUESDAY, () => bringTo(office, reference, 'needs_info'));
	const file = keptFile();
	const to = { caseId: id, fromReporter: true };
	const { place } = await atTime(THURSDAY, () => receive(mailbox, SARI, 'Hari Senin.', { to, files: [file] }));
	expect(place).toEqual({ caseId: id });
	expect((await readCase(reference)).status).toBe('received');
	expect((await story(reference)).at(-1)).toBe('info_given');
	expect(await rowsOfCase(attachments, reference)).toMatchObject([{ id: file.id, public: true }]);
	expect(await conversationsHere()).toMatchObject([{ state: 'case', caseId: id }]);
});

test('a message from another address changes no status, and the reporter does not read it', async () => {
	const { reference } = await makeCase(office.unit, NAMED);
	const { id } = await bringTo(office, reference, 'needs_info');
	await receive(mailbox, 'lain@contoh.example', 'Saya tetangganya.', { to: { caseId: id, fromReporter: false } });
	expect((await readCase(reference)).status).toBe('needs_info');
	expect(await rowsOfCase(messages, reference)).toContainEqual(
		expect.objectContaining({ author: 'other', public: false, body: 'Saya tetangganya.' })
	);
	expect((await entriesOf(reference)).at(-1)).toMatchObject({
		type: 'message',
		actorKind: 'system',
		public: false,
		data: { other_address: true }
	});
});

test('a message to a conversation that became a case goes to that case', async () => {
	const first = await receive(mailbox, SARI, 'Antrean lama.');
	const { id: caseId, reference } = await openFromConversation(first.conversationId, {}, office.handler);
	const to = { conversationId: first.conversationId };
	expect((await receive(mailbox, SARI, 'Masih lama.', { to })).place).toEqual({ caseId });
	expect((await receive(mailbox, 'lain@contoh.example', 'Saya juga.', { to })).place).toEqual({ caseId });
	expect((await rowsOfCase(messages, reference)).map(({ author }) => author).sort()).toEqual(['other', 'reporter']);
	// Without the thread it is another matter, until a person decides.
	expect((await receive(mailbox, SARI, 'Jam buka?')).conversationId).toBeGreaterThan(first.conversationId);
});

test('the fifth e-mail within an hour is stored silently, unless it answers a question', async () => {
	const { reference } = await makeCase(office.unit, NAMED);
	const { id } = await readCase(reference);
	const to = { caseId: id, fromReporter: true };
	for (let n = 1; n <= 5; n++) await receive(mailbox, SARI, `Pesan ${n}`, { to });
	expect((await entriesOf(reference)).at(-1)).toMatchObject({ type: 'message', public: true, data: { quiet: true } });
	await bringTo(office, reference, 'needs_info');
	await receive(mailbox, SARI, 'Pesan 6', { to });
	expect((await readCase(reference)).status).toBe('received');
});

test('many short messages of a chat are none too many', async () => {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
	const { reference } = await makeCase(office.unit, NAMED);
	const to = { caseId: (await readCase(reference)).id, fromReporter: true };
	for (let n = 1; n <= 6; n++) await receive(phone, '628123456789', `Pesan ${n}`, { to });
	expect((await entriesOf(reference)).filter(({ data }) => data.quiet)).toEqual([]);
});

test('an officer whom a message from another address names no longer sees the case', async () => {
	const [officer] = await makeOfficerWithAccount(office.unit.id);
	const { reference } = await makeCase(office.unit, NAMED);
	const to = { caseId: (await readCase(reference)).id, fromReporter: false };
	await receive(mailbox, 'lain@contoh.example', `Yang meminta uang adalah ${officer.name}.`, { to });
	expect(await rowsOfCase(caseOfficers, reference)).toMatchObject([{ officerId: officer.id, state: 'proposed' }]);
});

test('a reply is written once, by the channel of the conversation', async () => {
	const phone = await makeConnection(office.unit, { channel: 'whatsapp' });
	const { conversationId } = await receive(phone, '628123456789', 'Berapa jumlah penduduk?');
	const row = await conversation(conversationId);
	const reply = () => transaction((tx) => replyToConversation(tx, row, 'Silakan ke PST.', 'referral'));
	expect([await reply(), await reply()]).toEqual([true, false]);
	expect(await db().select().from(outgoingMessages).where(eq(outgoingMessages.conversationId, row.id))).toMatchObject([
		{ state: 'waiting', conversationId, content: { kind: 'text', text: 'Silakan ke PST.' } }
	]);
});
