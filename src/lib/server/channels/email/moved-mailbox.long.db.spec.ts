import { asc, eq } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '#lib/calendar/durations.ts';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { mailSource } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';
import type { NewConnection } from '#lib/server/people/access/kinds.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { storeConnection } from '../connections/store-connection.ts';

const office = useOffice();

async function started() {
	const server = await startImapServer();
	onTestFinished(() => server.close());
	return server;
}
const connect = (server: { port: number }) => connectMailbox(office.unit, server);
const stored = ({ id }: ConnectionRow) =>
	db().select().from(incomingMessages).where(eq(incomingMessages.connectionId, id)).orderBy(asc(incomingMessages.id));
const bodies = async (mailbox: ConnectionRow) => (await stored(mailbox)).map(({ body }) => body);

const setPosition = ({ id }: ConnectionRow, position: ConnectionRow['position']) =>
	db().update(connections).set({ position }).where(eq(connections.id, id));
async function positionOf({ id }: ConnectionRow) {
	const [row] = await db().select().from(connections).where(eq(connections.id, id));
	return row?.position;
}

async function moveTo(mailbox: ConnectionRow, { port }: { port: number }) {
	const { unitId, address, dedicated, settings } = mailbox;
	const change: NewConnection = {
		kind: 'connection',
		accountId: '',
		unitId,
		connectionId: mailbox.id,
		channel: 'email',
		address,
		dedicated,
		host: '127.0.0.1',
		changed: ['port'],
		was: null,
		settings: { ...settings, port },
		secretsSealed: await encryptText('{}')
	};
	await transaction((tx) => storeConnection(tx, null, change));
}

test('a mailbox on a new server with the same UIDVALIDITY is read from its first message on', async () => {
	const [old, next] = [await started(), await started()];
	const mailbox = await connect(old);
	const known = mailSource({}, 'Satu');
	for (const source of [known, mailSource({}, 'Dua'), mailSource({}, 'Tiga')]) old.deliver(source);
	await readOnce(mailbox);
	next.deliver(mailSource({}, 'Baru'));
	next.deliver(known);
	await moveTo(mailbox, next);
	await readOnce(mailbox);
	expect(await bodies(mailbox)).toEqual(['Satu', 'Dua', 'Tiga', 'Baru']);
});

test('a message that was not processed before the move is not taken for the one that has its UID now', async () => {
	const [old, next] = [await started(), await started()];
	const mailbox = await connect(old);
	const source = mailSource({}, 'Satu');
	old.deliver(source);
	await readOnce(mailbox);
	const notProcessed = { state: 'stored', attempts: 0, body: '', conversationId: null } as const;
	await db().update(incomingMessages).set(notProcessed).where(eq(incomingMessages.connectionId, mailbox.id));
	next.deliver(mailSource({}, 'Baru'));
	next.deliver(source);
	await moveTo(mailbox, next);
	await readOnce(mailbox);
	expect(await stored(mailbox)).toMatchObject([
		{ body: 'Satu', state: 'done' },
		{ body: 'Baru', state: 'done' }
	]);
});

test('a mailbox that its server restored from a backup is read again', async () => {
	const server = await started();
	const mailbox = await connect(server);
	server.deliver(mailSource({}, 'Satu'));
	await readOnce(mailbox);
	const { uidValidity = '' } = (await positionOf(mailbox)) ?? {};
	await setPosition(mailbox, { uidValidity, lastUid: 5000 });
	server.deliver(mailSource({}, 'Baru'));
	await readOnce(mailbox);
	expect(await bodies(mailbox)).toEqual(['Satu', 'Baru']);
});

test('mail from before the mailbox was first read stays with the people who had it', async () => {
	const server = await started();
	const mailbox = await connect(server);
	await db()
		.update(connections)
		.set({ createdAt: ago(60 * DAY_MS) })
		.where(eq(connections.id, mailbox.id));
	server.deliver(mailSource({}, 'Sebelum kantor dibuka'), ago(HOUR_MS));
	server.deliver(mailSource({}, 'Baru'), now());
	server.move();
	await readOnce(mailbox);
	expect(await bodies(mailbox)).toEqual(['Baru']);
});

test('a mailbox with a new UIDVALIDITY is read again, and known messages are skipped', async () => {
	const server = await started();
	const mailbox = await connect(server);
	server.deliver(mailSource({}, 'Antrean lama.'));
	await readOnce(mailbox);
	server.deliver(mailSource({ 'Message-ID': null }, 'Tanpa nomor'));
	server.deliver(mailSource({}, 'Surat lama'), ago(40 * DAY_MS));
	server.move();
	await readOnce(mailbox);
	await readOnce(mailbox);
	expect(await bodies(mailbox)).toEqual(['Antrean lama.', 'Tanpa nomor']);
	expect(await positionOf(mailbox)).toMatchObject({ lastUid: 3, rescanBelow: 4 });
});
