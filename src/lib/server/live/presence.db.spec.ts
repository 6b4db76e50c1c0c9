import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { conversationPage, type LiveEvent } from '#lib/cases/live.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { makeOffice, atTime } from '#lib/dev/testing/office.ts';
import { accessSettled, openDesk, until } from '#lib/dev/testing/casework/open-desk.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { presenceFor, readPresence, signCase, signConversation } from './presence.ts';
import { startWatching, stopWatching } from './watch.ts';

const office = useOffice();
beforeAll(startWatching);
afterAll(stopWatching);
beforeEach(() => accessSettled(office.handler));

const latest = (received: readonly LiveEvent[], reference: string) =>
	received.flatMap((event) => (event.kind === 'presence' ? [event.pages[reference]] : [])).at(-1);

test('people who may see a case receive who opens it and who leaves it', async () => {
	const { reference } = await makeCase(office.unit);
	const stranger = await openDesk((await makeOffice()).handler);
	const own = await openDesk(office.handler);
	const other = await openDesk(office.supervisor);
	const tab = crypto.randomUUID();
	const second = crypto.randomUUID();
	await signCase(office.handler, reference, { tab });
	await signCase(office.handler, reference, { tab: second });
	await until(() => expect(latest(other.received, reference)).toEqual([office.handler.name]));
	const late = await openDesk(office.supervisor);
	await until(() => expect(latest(late.received, reference)).toEqual([office.handler.name]));
	await signCase(office.handler, reference, { tab, leaving: '1' });
	// The other tab still shows the case.
	expect((await readPresence()).map(({ name }) => name)).toContain(office.handler.name);
	await signCase(office.handler, reference, { tab: second, leaving: '1' });
	// An opened stream makes all streams read the presence anew, as the process does every ten seconds.
	const afterwards = await atTime(new Date(Date.now() + 4_000), () => openDesk(office.supervisor));
	await until(() => expect(latest(other.received, reference)).toBeUndefined());
	expect(latest(own.received, reference)).toBeUndefined();
	expect(latest(stranger.received, reference)).toBeUndefined();
	for (const one of [stranger, own, other, late, afterwards]) one.close();
});

test('a tab without signs disappears within a minute', async () => {
	const { reference } = await makeCase(office.unit);
	await signCase(office.handler, reference, { tab: crypto.randomUUID() });
	const seen = async (ms: number) =>
		atTime(
			new Date(Date.now() + ms),
			async () => (await presenceFor(office.supervisor, await readPresence()))[reference]
		);
	expect(await seen(40_000)).toEqual([office.handler.name]);
	expect(await seen(46_000)).toBeUndefined();
});

test('a person whom a case names neither sees its presence nor can sign it', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	const desk = await openDesk(named);
	const { reference } = await makeCase(office.unit, { officer: officer.id });
	const other = await openDesk(office.supervisor);
	await signCase(office.handler, reference, { tab: crypto.randomUUID() });
	await until(() => expect(latest(other.received, reference)).toEqual([office.handler.name]));
	expect(latest(desk.received, reference)).toBeUndefined();
	await expect(signCase(named, reference, { tab: crypto.randomUUID() })).rejects.toMatchObject({ name: 'NotFound' });
	desk.close();
	other.close();
});

test('the response to a tab’s sign has the entries that the tab does not show yet', async () => {
	const { reference } = await makeCase(office.unit);
	const sign = (seq: number) => signCase(office.supervisor, reference, { tab: crypto.randomUUID(), seq });
	expect(await sign(1)).toEqual({ change: null });
	await writeMessage(office.handler, reference, { body: 'Catatan.', public: false });
	expect(await sign(1)).toMatchObject({ change: { reference, entries: [{ seq: 2, type: 'note' }] } });
	await expect(signCase(office.handler, reference, { tab: 'x' })).rejects.toMatchObject({ name: 'Invalid' });
});

test('people who may see a conversation receive who has it open; an officer whom it names does not', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['handler']);
	const mailbox = await makeConnection(office.unit);
	const open = (await receive(mailbox, 'sari@contoh.example', 'Antrean lama.')).conversationId;
	const about = (await receive(mailbox, 'sari2@contoh.example', `${officer.name} lambat.`)).conversationId;
	await signConversation(office.handler, open, { tab: crypto.randomUUID() });
	await signConversation(office.handler, about, { tab: crypto.randomUUID() });
	await expect(signConversation(named, about, { tab: crypto.randomUUID() })).rejects.toMatchObject({
		name: 'NotFound'
	});
	const present = await readPresence();
	const names = [office.handler.name];
	expect(await presenceFor(office.supervisor, present)).toEqual({
		[conversationPage(open)]: names,
		[conversationPage(about)]: names
	});
	expect(await presenceFor(named, present)).toEqual({ [conversationPage(open)]: names });
	expect(await presenceFor(office.handler, present)).toEqual({});
	expect(await presenceFor((await makeOffice()).handler, present)).toEqual({});
	await signConversation(office.handler, open, { tab: crypto.randomUUID() });
	expect(await presenceFor(office.supervisor, await readPresence())).toMatchObject({ [conversationPage(open)]: names });
});
