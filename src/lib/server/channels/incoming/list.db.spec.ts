import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { makeActor, makeCase, makeOfficer, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { keptFile, makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { act, atTime, nameOfficer, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { SARI, useMailbox } from '#lib/dev/testing/channels/use-mailbox.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { changeNamedOfficers } from '#lib/server/cases/officers/officers-of-case.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { caseOfficers, cases } from '#lib/server/db/schema/cases.ts';
import { connections, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { emptyPart } from '#lib/server/privacy/retention/destroy.ts';
import { senderWords } from '#lib/words/incoming.ts';
import { decideReply, dismissConversation, joinCase, referConversation, restoreConversation } from './decide.ts';
import { storeArrived } from './store-message.ts';
import { countWaiting, listConversations } from './list.ts';
import { openFromConversation } from './open-from-conversation.ts';
import { failedMessages, machineMessages, setAside, settleFailed } from './set-aside.ts';
import { conversationView } from './view.ts';
import { incomingFile, writeTranscript } from './incoming-files.ts';
import { menuCounts } from '../menu-counts.ts';

const office = useOffice();
const dismissed = { reason: 'greeting', seen: 9 };
const { mailbox, waitingFrom, listed } = useMailbox(office);

test('a conversation is seen in its office and above; one that is a case, by those who see the case', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const stranger = await makeActor([[(await makeUnit()).id, 'supervisor']]);
	const admin = await makeActor([[office.unit.id, 'admin', 'manager']]);
	const id = await waitingFrom();
	for (const actor of [office.handler, named, office.rootSupervisor]) expect(await listed(actor)).toEqual([id]);
	for (const actor of [stranger, admin]) {
		expect(await listed(actor)).toEqual([]);
		expect(await countWaiting(actor)).toBe(0);
		await expect(conversationView(actor, id)).rejects.toMatchObject({ name: 'NotFound' });
		await expect(dismissConversation(actor, id, dismissed)).rejects.toMatchObject({ name: 'NotFound' });
	}
	expect(await menuCounts(office.handler)).toMatchObject({ used: true, waiting: 1 });
	const { reference } = await openFromConversation(id, {}, office.handler);
	await nameOfficer(office.supervisor, reference, officer);
	await expect(conversationView(named, id)).rejects.toMatchObject({ name: 'NotFound' });
	expect(await listed(named, { state: 'case' })).toEqual([]);
	expect((await conversationView(office.handler, id)).reference).toBe(reference);
	expect(await menuCounts(office.handler)).toMatchObject({ used: true, waiting: 0 });
	expect(await menuCounts(stranger)).toMatchObject({ used: false, waiting: 0 });
});

test('a conversation becomes a report that is never public, because its sender did not agree to it', async () => {
	const row = await openFromConversation(await waitingFrom(), { secret: false }, office.handler);
	expect(row.secret).toBe(true);
});

test('a conversation is shown without its sender after the identity of its reporter was destroyed', async () => {
	const id = await waitingFrom();
	const { id: caseId } = await openFromConversation(id, {}, office.handler);
	await transaction((tx) => emptyPart(tx, 'identity', [caseId], { at: now(), decree: 'SK-1' }));
	const { items } = await listConversations(office.handler, { state: 'case' });
	const shown = await conversationView(office.handler, id);
	expect(items.map(({ sender }) => senderWords(sender))).toEqual(['–']);
	expect(shown).toMatchObject({ sender: undefined, messages: [{ body: 'Antrean lama.' }] });
});

test('an officer whom a message names sees nothing of it, and it is proposed in its case', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const says = `Yang dipanggil ${officer.name} itu meminta uang.`;
	const voice = keptFile('audio/ogg');
	const ids = [
		await waitingFrom(SARI, says),
		await waitingFrom('budi@contoh.example', 'Lihat kutipan.', { quoted: says }),
		await waitingFrom('nur@contoh.example', 'Lihat judul.', { subject: officer.name }),
		await waitingFrom('ali@contoh.example', '', { files: [voice] })
	];
	const [id = 0] = ids;
	expect(await listed(named)).toEqual([ids[3]]);
	await writeTranscript(office.supervisor, voice.id, { transcript: says });
	expect(await listed(named)).toEqual([]);
	expect(await listed(named, { q: officer.name })).toEqual([]);
	expect(await countWaiting(named)).toBe(0);
	const verbs = [
		() => conversationView(named, id),
		() => openFromConversation(id, {}, named),
		() => referConversation(named, id, { seen: 9 }),
		() => dismissConversation(named, id, dismissed),
		() => incomingFile(named, voice.id)
	];
	for (const verb of verbs) await expect(verb()).rejects.toMatchObject({ name: 'NotFound' });
	expect(await listed()).toEqual(ids);
	await dismissConversation(office.handler, id, dismissed);
	expect(await listed(named, { state: 'dismissed' })).toEqual([]);
	await expect(restoreConversation(named, id)).rejects.toMatchObject({ name: 'NotFound' });

	// Also if the person who opens the case leaves the name out.
	const { reference } = await openFromConversation(ids[1] ?? 0, { body: 'Seseorang meminta uang.' }, office.handler);
	const other = await makeCase(office.unit);
	await joinCase(office.handler, ids[2] ?? 0, other);
	for (const one of [reference, other.reference])
		expect(await rowsOfCase(caseOfficers, one)).toMatchObject([{ officerId: officer.id, state: 'proposed' }]);
	expect(await listed(named, { state: 'case' })).toEqual([]);
});

test('the list shows that a text of the office may not have arrived, until somebody decides', async () => {
	const id = await waitingFrom();
	const [text] = await db()
		.insert(outgoingMessages)
		.values({
			connectionId: mailbox.id,
			conversationId: id,
			onceKey: `lost${id}`,
			content: {},
			state: 'unknown',
			createdAt: now(),
			waitsFrom: now()
		})
		.returning();
	const lost = async () => (await listConversations(office.handler, { state: 'waiting' })).items.map((row) => row.lost);
	expect(await lost()).toEqual(['unknown']);
	await decideReply(office.handler, id, { message: text?.id, decision: 'leave' });
	expect(await lost()).toEqual([null]);
});

test('a message about the head is read by the supervisors of the office above alone, also one that was not processed', async () => {
	const [head, headsAccount] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	const id = await waitingFrom(SARI, `Kepala kantor, ${head.name}, meminta uang.`);
	const reply = await waitingFrom('budi@contoh.example', 'Terima kasih.', { quoted: `Hormat kami, ${head.name}` });
	const sms = await makeConnection(office.unit, { channel: 'sms' });
	const sealed = await encryptText(JSON.stringify({ sender: '0812', text: `${head.name} meminta uang.` }));
	const failed = await storeArrived(db(), sms, { onceKey: `sms${id}`, source: { sealed }, bytes: 1, sentAt: now() });
	await setAside(db(), failed?.id ?? 0, 'failed', 'not_processed');
	const aside = async (actor: Actor) => (await failedMessages(actor)).items.map((row) => row.id);
	for (const actor of [office.handler, office.supervisor]) {
		expect(await listed(actor)).toEqual([reply]);
		expect([await countWaiting(actor), await aside(actor)]).toEqual([1, []]);
		await expect(conversationView(actor, id)).rejects.toMatchObject({ name: 'NotFound' });
		await expect(dismissConversation(actor, id, dismissed)).rejects.toMatchObject({ name: 'NotFound' });
	}
	expect(await listed(headsAccount)).toEqual([]);
	expect(await listed(office.rootSupervisor)).toEqual([id, reply]);
	expect(await aside(office.rootSupervisor)).toEqual([failed?.id]);
	// The office above decides, and its decision gives a report to the office.
	const { reference } = await openFromConversation(id, {}, office.rootSupervisor);
	expect((await conversationView(office.handler, id)).reference).toBe(reference);
	expect(await listed(headsAccount, { state: 'case' })).toEqual([]);
});

test('a message about the head that becomes a report without a person goes to the office above', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	await db().update(connections).set({ dedicated: true }).where(eq(connections.id, mailbox.id));
	await receive(mailbox, SARI, `Kepala kantor, ${head.name}, meminta uang.`);
	const [row] = await db().select().from(cases).where(eq(cases.unitId, office.unit.id));
	expect(row).toMatchObject({ unitId: office.unit.id, handlingUnitId: office.root.id, restricted: true });
	const of = row?.reference ?? '';
	expect(await rowsOfCase(caseOfficers, of)).toMatchObject([{ officerId: head.id, state: 'proposed' }]);
	for (const actor of [office.handler, office.supervisor]) expect(await listed(actor, { state: 'case' })).toEqual([]);
	expect(await listed(office.rootSupervisor, { state: 'case' })).toHaveLength(1);
	// Its decision that the head is not meant gives the report back.
	await act(changeNamedOfficers, office.rootSupervisor, of, { officer: head.id, action: 'clear' });
	expect(await readCase(of)).toMatchObject({ handlingUnitId: office.unit.id, restricted: false });
	expect(await listed(office.handler, { state: 'case' })).toHaveLength(1);
});

test('a report that only addresses the head stays in its office', async () => {
	const head = await makeOfficer(office.unit.id);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, office.unit.id));
	await db().update(connections).set({ dedicated: true }).where(eq(connections.id, mailbox.id));
	await receive(mailbox, SARI, `Yth. Kepala Kantor, Bapak ${head.name}, S.Si. Antrean di loket dua lama.`);
	const [row] = await db().select().from(cases).where(eq(cases.unitId, office.unit.id));
	expect(row).toMatchObject({ handlingUnitId: office.unit.id, restricted: false });
	expect(await rowsOfCase(caseOfficers, row?.reference ?? '')).toMatchObject([{ state: 'proposed' }]);
});

test('the list pages through several offices without gaps or repeats', async () => {
	const below = await makeConnection(office.root);
	const day = (n: number) => ({ sentAt: new Date(Date.UTC(2027, 1, 1, n)) });
	const ids: number[] = [];
	await atTime('2027-03-04T02:00:00Z', async () => {
		for (let n = 0; n < 33; n++) {
			const { conversationId } = await receive(n % 2 ? below : mailbox, `a${n}@x.example`, 'Halo', day(n));
			ids.push(conversationId);
		}
	});
	const first = await listConversations(office.rootSupervisor, { state: 'waiting' });
	const second = await listConversations(office.rootSupervisor, { state: 'waiting' }, first.nextCursor ?? '');
	expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
	expect(second.nextCursor).toBeNull();
});

test('hidden failed messages do not count toward the limit of the list, and `more` says that it is cut', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const source = { sealed: await encryptText(JSON.stringify({ sender: '0812', text: `Pulsa ${officer.name}` })) };
	const ids: number[] = [];
	for (let n = 0; n < 103; n++) {
		const hidden = n < 52 ? { source } : {};
		const row = await storeArrived(db(), mailbox, { onceKey: `cut${n}`, bytes: 1, sentAt: now(), ...hidden });
		await setAside(db(), row?.id ?? 0, 'failed', 'encrypted');
		ids.push(row?.id ?? 0);
	}
	const shown = async (actor: Actor) => {
		const { items, more } = await failedMessages(actor);
		return { ids: items.map(({ id }) => id), more };
	};
	expect(await shown(office.handler)).toEqual({ ids: ids.slice(0, 50), more: true });
	expect(await shown(named)).toEqual({ ids: ids.slice(52, 102), more: true });
	await settleFailed(named, { message: ids[52], settle: 'done' });
	expect(await shown(named)).toEqual({ ids: ids.slice(53), more: false });
});

test('a search finds letters of another form, in a message and in its subject', async () => {
	const id = await waitingFrom(SARI, 'Loket １２ 𝗮𝗻𝘁𝗿𝗲 lama.', { subject: 'Cafe\u0301 kantor' });
	await waitingFrom('budi@contoh.example', 'Hal lain.');
	for (const q of ['12', 'antre', 'café', 'cafe\u0301']) expect(await listed(office.handler, { q })).toEqual([id]);
});

test('a search looks back one year', async () => {
	const [old, recent] = await atTime('2027-03-04T02:00:00Z', async () => [
		await waitingFrom(SARI, 'Antrean', { sentAt: new Date('2026-03-01T00:00:00Z') }),
		await waitingFrom('budi@contoh.example', 'Antrean', { sentAt: new Date('2026-04-01T00:00:00Z') })
	]);
	await atTime('2027-03-04T02:00:00Z', async () => {
		expect(await listed(office.handler, { q: 'antrean' })).toEqual([recent]);
		expect(await listed()).toEqual([old, recent]);
	});
});

test('messages of programs are listed with sender, reason and text, the newest first, but not to whom they name', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id);
	const put = async (state: 'machine' | 'failed', source: Record<string, unknown>, sentAt: string) => {
		const message = await atTime(sentAt, () =>
			storeArrived(db(), mailbox, { onceKey: sentAt, bytes: 9, sentAt: now(), source })
		);
		await setAside(db(), message?.id ?? 0, state, 'auto_submitted');
		return message?.id ?? 0;
	};
	const sealed = await encryptText(JSON.stringify({ sender: '08123456789', text: `Pulsa ${officer.name}` }));
	const seen = await encryptText(JSON.stringify({ name: 'Sari', address: SARI, subject: 'Cuti' }));
	const [older, newer] = [
		await put('machine', { sealed }, '2027-03-01T02:00:00Z'),
		await put('machine', { seen }, '2027-03-02T02:00:00Z')
	];
	const failed = await put('failed', { sealed }, '2027-03-03T02:00:00Z');
	expect((await machineMessages(office.handler, undefined)).items).toMatchObject([
		{ id: newer, reason: 'auto_submitted', seen: { address: SARI, subject: 'Cuti' } },
		{ id: older, seen: { address: '08123456789', text: `Pulsa ${officer.name}` } }
	]);
	expect((await failedMessages(office.handler)).items.map(({ id, seen: what }) => [id, what?.text])).toEqual([
		[failed, `Pulsa ${officer.name}`]
	]);
	expect((await machineMessages(named, undefined)).items.map(({ id }) => id)).toEqual([newer]);
	expect((await failedMessages(named)).items).toEqual([]);
	for (const settle of ['done', 'again'])
		await expect(settleFailed(named, { message: failed, settle })).rejects.toMatchObject({ code: 'stale' });
	expect((await failedMessages(office.handler)).items).toHaveLength(1);
	const stranger = await makeActor([[(await makeUnit()).id, 'supervisor']]);
	expect((await machineMessages(stranger, undefined)).items).toEqual([]);
});

test('the list begins with the one that waits longest, and is found by word, name and address', async () => {
	const day = (date: string) => ({ sentAt: new Date(`2027-03-0${date}T02:00:00Z`) });
	const then = <T>(work: () => Promise<T>) => atTime('2027-03-04T02:00:00Z', work);
	const [later, first] = await then(async () => [
		await waitingFrom(SARI, 'Antrean di loket lama.', { ...day('3'), name: 'Sari Dewi' }),
		await waitingFrom('0812 3456 7890', '100% benar', { ...day('2'), name: 'Budi Contoh', subject: 'Jam buka' })
	]);
	expect(await listed()).toEqual([first, later]);
	for (const [q, found] of [
		['loket antrean', [later]],
		['dewi', [later]],
		[SARI, [later]],
		['+6281234567890', [first]],
		['jam', [first]],
		['100%', [first]],
		['sapi', []]
	] as const) {
		expect(await then(() => listed(office.handler, { q }))).toEqual(found);
	}
	expect(await listed(office.handler, { channel: 'sms' })).toEqual([]);
	expect(await listed(office.rootSupervisor, { unit: office.unit.slug })).toEqual([first, later]);
	const [item] = (await then(() => listConversations(office.handler, { state: 'waiting' }))).items;
	// Received on Tuesday, decided until the end of Wednesday.
	expect(item).toMatchObject({ overdue: true, dueAt: new Date('2027-03-03T08:00:00Z') });
});
