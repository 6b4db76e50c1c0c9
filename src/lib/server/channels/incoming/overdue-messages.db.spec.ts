import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { idOf, makeActor, makeOfficerWithAccount, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeConnection, receive } from '#lib/dev/testing/channels/incoming.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { notifyOfWaitingMessages } from '#lib/server/staff-notices/waiting-messages.ts';
import { encryptText } from '#lib/server/keys.ts';
import { removeConnection } from '../connections/connections.ts';
import { sweepStored } from '../process-message.ts';
import { menuCounts } from '../menu-counts.ts';
import { dismissConversation, restoreConversation } from './decide.ts';
import { storeArrived } from './store-message.ts';
import { failedMessages, setAside, settleFailed } from './set-aside.ts';

const office = useOffice();

/** Friday, 26 February 2027, 15:00 in Makassar. The next working day is Monday. */
const FRIDAY = '2027-02-26T07:00:00Z';
const MONDAY_NOON = '2027-03-01T04:00:00Z';
const MONDAY_END = '2027-03-01T08:00:00Z';

const noticesOf = (accountId: string) =>
	db().select().from(notices).where(eq(notices.accountId, accountId)).orderBy(notices.at);

test('supervisors are notified once of messages that waited one working day, and of decided ones never', async () => {
	const mailbox = await makeConnection(office.unit);
	const from = (address: string) => atTime(FRIDAY, () => receive(mailbox, address, 'Antrean lama.'));
	await from('sari@contoh.example');
	await from('budi@contoh.example');
	const { conversationId: decided } = await from('toko@contoh.example');
	await dismissConversation(office.handler, decided, { reason: 'spam', seen: 9 });
	const [supervisor, handler] = [idOf(office.supervisor), idOf(office.handler)];
	await atTime(MONDAY_NOON, notifyOfWaitingMessages);
	expect(await noticesOf(supervisor)).toEqual([]);
	await atTime(MONDAY_END, async () => {
		await Promise.all([notifyOfWaitingMessages(), notifyOfWaitingMessages()]);
		await notifyOfWaitingMessages();
	});
	expect(await noticesOf(supervisor)).toMatchObject([
		{ kind: 'incoming_overdue', caseId: null, data: { unit: office.unit.name, count: 2 } }
	]);
	expect(await noticesOf(handler)).toEqual([]);
	expect(await noticesOf(idOf(office.rootSupervisor))).toEqual([]);
});

test('supervisors are notified once of messages that could not be processed, and the menu counts them', async () => {
	const unit = await makeUnit({ parent: office.root });
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const supervisor = await makeActor([[unit.id, 'supervisor']]);
	const mailbox = await makeConnection(unit);
	await atTime(FRIDAY, async () => {
		const seen = await encryptText(
			JSON.stringify({ name: null, address: 'sari@contoh.example', subject: officer.name })
		);
		for (const [nth, source] of [{}, { source: { uid: 7, seen } }].entries()) {
			const arrived = { onceKey: `f${nth}${mailbox.id}`, bytes: 1, sentAt: now(), ...source };
			const message = await storeArrived(db(), mailbox, arrived);
			await setAside(db(), message?.id ?? 0, 'failed', 'too_large');
		}
	});
	expect(await menuCounts(supervisor)).toMatchObject({ used: true, waiting: 2 });
	expect(await menuCounts(named)).toMatchObject({ used: true, waiting: 1 });
	for (const time of [MONDAY_NOON, MONDAY_END, MONDAY_END]) await atTime(time, notifyOfWaitingMessages);
	const counts = async (of: typeof named) => (await noticesOf(idOf(of))).map(({ data }) => data.count);
	expect(await counts(supervisor)).toEqual([1, 1]);
	expect(await counts(named)).toEqual([1]);
	// The site still knows where to fetch the message again.
	expect(await db().$count(incomingMessages, sql`${incomingMessages.source} ->> 'uid' = '7'`)).toBe(1);
});

test('supervisors are notified of a failed message in the thread of a conversation, unless that names them', async () => {
	const unit = await makeUnit({ parent: office.root });
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const mailbox = await makeConnection(unit);
	await atTime(FRIDAY, async () => {
		const { conversationId } = await receive(mailbox, 'sari@contoh.example', `Antrean ${officer.name} lama.`);
		const handler = await makeActor([[unit.id, 'handler']]);
		await dismissConversation(handler, conversationId, { reason: 'spam', seen: 9 });
		const source = { to: { conversationId } };
		const reply = await storeArrived(db(), mailbox, { onceKey: `t${mailbox.id}`, bytes: 1, sentAt: now(), source });
		await setAside(db(), reply?.id ?? 0, 'failed', 'too_large');
	});
	await atTime(MONDAY_END, notifyOfWaitingMessages);
	expect(await noticesOf(idOf(named))).toEqual([]);
	expect(await noticesOf(idOf(office.rootSupervisor))).toMatchObject([
		{ kind: 'incoming_overdue', data: { count: 1 } }
	]);
});

test('a supervisor whom a message names is not notified of it, but those of the office above', async () => {
	const unit = await makeUnit({ parent: office.root });
	const [officer, named] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const mailbox = await makeConnection(unit);
	await atTime(FRIDAY, () => receive(mailbox, 'sari@contoh.example', `Antrean ${officer.name} lama.`));
	await atTime(MONDAY_END, notifyOfWaitingMessages);
	expect(await noticesOf(idOf(named))).toEqual([]);
	expect(await noticesOf(idOf(office.rootSupervisor))).toHaveLength(1);
});

test('the supervisors of the office above are notified of a message about the head', async () => {
	const unit = await makeUnit({ parent: office.root });
	const [head] = await makeOfficerWithAccount(unit.id, ['supervisor']);
	const supervisor = await makeActor([[unit.id, 'supervisor']]);
	await db().update(units).set({ headOfficerId: head.id }).where(eq(units.id, unit.id));
	const mailbox = await makeConnection(unit);
	await atTime(FRIDAY, () => receive(mailbox, 'sari@contoh.example', `${head.name} meminta uang.`));
	await atTime(MONDAY_END, notifyOfWaitingMessages);
	expect(await noticesOf(idOf(supervisor))).toEqual([]);
	expect(await noticesOf(idOf(office.rootSupervisor))).toHaveLength(1);
});

test('an office without a supervisor has those of the office above', async () => {
	const mailbox = await makeConnection(office.root);
	const above = await makeActor([[office.root.id, 'supervisor']]);
	await atTime(FRIDAY, () => receive(mailbox, 'sari@contoh.example', 'Antrean lama.'));
	await atTime(MONDAY_END, notifyOfWaitingMessages);
	expect(await noticesOf(idOf(above))).toHaveLength(1);
	expect(await noticesOf(idOf(office.supervisor))).toEqual([]);
});

test('an office whose notice can’t be written does not block that of another', async () => {
	const offices = [await makeUnit(), await makeUnit()];
	const supervisors: string[] = [];
	for (const unit of offices) {
		supervisors.push(idOf(await makeActor([[unit.id, 'supervisor']])));
		const mailbox = await makeConnection(unit);
		await atTime(FRIDAY, () => receive(mailbox, 'sari@contoh.example', 'Antrean lama.'));
	}
	const [broken = '', other = ''] = supervisors;
	await db().execute(sql.raw(`alter table notices add constraint broken check (account_id <> '${broken}') not valid`));
	const sent = atTime(MONDAY_END, notifyOfWaitingMessages);
	await sent.finally(() => db().execute(sql`alter table notices drop constraint broken`));
	expect(await noticesOf(other)).toHaveLength(1);
	await atTime(MONDAY_END, notifyOfWaitingMessages);
	expect(await noticesOf(broken)).toHaveLength(1);
});

test('supervisors are notified again of a message that waits again, and of one that fails again after a try', async () => {
	const unit = await makeUnit({ parent: office.root });
	const supervisor = await makeActor([[unit.id, 'supervisor']]);
	const mailbox = await makeConnection(unit);
	const [waiting, failed] = await atTime(FRIDAY, async () => {
		const { conversationId } = await receive(mailbox, 'sari@contoh.example', 'Antrean lama.');
		const message = await storeArrived(db(), mailbox, { onceKey: `n${mailbox.id}`, bytes: 1, sentAt: now() });
		await setAside(db(), message?.id ?? 0, 'failed', 'too_large');
		return [conversationId, message?.id ?? 0];
	});
	const notified = async () => (await noticesOf(idOf(supervisor))).length;
	await atTime(MONDAY_END, async () => {
		await notifyOfWaitingMessages();
		expect(await notified()).toBe(2);
		await settleFailed(supervisor, { message: failed, settle: 'again' });
		await setAside(db(), failed, 'failed', 'too_large');
		await notifyOfWaitingMessages();
		expect(await notified()).toBe(2);
		await dismissConversation(supervisor, waiting, { reason: 'spam', seen: 9 });
		await restoreConversation(supervisor, waiting);
	});
	for (let run = 1; run <= 2; run++) await atTime('2027-03-02T08:00:00Z', notifyOfWaitingMessages);
	expect(await notified()).toBe(4);
});

test('an e-mail of a removed mailbox that is tried again stays listed', async () => {
	const mailbox = await makeConnection(office.unit);
	const { id = 0 } = (await storeArrived(db(), mailbox, { onceKey: `r${mailbox.id}`, bytes: 1, sentAt: now() })) ?? {};
	await setAside(db(), id, 'failed', 'unreadable');
	await removeConnection(await makeActor([[office.unit.id, 'admin']]), mailbox.id);
	await settleFailed(office.handler, { message: id, settle: 'again' });
	await sweepStored();
	expect((await failedMessages(office.handler)).items).toMatchObject([{ id, reason: 'removed' }]);
});
