import { setTimeout as wait } from 'node:timers/promises';
import { asc, eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { mailSource, multipart, part } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { makeOffice } from '#lib/dev/testing/office.ts';
import { phonePhoto } from '#lib/dev/testing/photos.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { StorageFull } from '#lib/server/errors.ts';
import { MailboxError, openInbox } from '#lib/server/integrations/mail/imap.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { mailboxAccess } from './mailbox.ts';
import { startReaders, stopReaders } from './readers.ts';

const office = useOffice();
let server: Awaited<ReturnType<typeof startImapServer>>;
let mailbox: ConnectionRow;
beforeEach(async () => {
	server = await startImapServer();
	mailbox = await connectMailbox(office.unit, server);
});
afterEach(() => server.close());

const ofMailbox = () => eq(incomingMessages.connectionId, mailbox.id);
const stored = () => db().select().from(incomingMessages).where(ofMailbox()).orderBy(asc(incomingMessages.id));
const deliver = (headers: Parameters<typeof mailSource>[0], body = 'Antrean lama.') =>
	server.deliver(mailSource(headers, body));

describe('a message that stops its reader', () => {
	const read = async () => {
		throw new MailboxError('lost');
	};

	test('because the server can’t deliver it is put aside, and the next one arrives', async () => {
		deliver({});
		for (let n = 1; n <= 2; n += 1) await expect(readOnce(mailbox, { read })).rejects.toMatchObject({ fault: 'lost' });
		expect(await stored()).toEqual([]);
		await readOnce(mailbox, { read });
		deliver({}, 'Yang berikut');
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([
			{ state: 'failed', reason: 'unreadable' },
			{ state: 'done', body: 'Yang berikut' }
		]);
		// A person tries it again.
		await db()
			.update(incomingMessages)
			.set({ state: 'stored', attempts: 0 })
			.where(eq(incomingMessages.state, 'failed'));
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([{ state: 'done', body: 'Antrean lama.' }, { state: 'done' }]);
	});

	test('because its files have no room waits, and the others do not wait with it', async () => {
		const photo = Buffer.from(await phonePhoto('jpeg')).toString('base64');
		const { type, body } = multipart('mixed', [
			part('text/plain', 'Dengan foto'),
			part('image/jpeg; name=a.jpg', photo, 'Content-Transfer-Encoding: base64')
		]);
		deliver({ 'Content-Type': type }, body);
		deliver({}, 'Tanpa foto');
		// Below the reserve, and enough for the embedded database.
		const full = { free: 100 * 1024 ** 2, size: 8 * 1024 ** 3 };
		const states = async () => (await stored()).map(({ state, attempts }) => [state, attempts]);
		for (let n = 1; n <= 4; n += 1)
			await withDiskSpace(
				() => full,
				() => expect(readOnce(mailbox)).rejects.toMatchObject({ name: 'NoRoom' })
			);
		expect(await states()).toEqual([
			['stored', 0],
			['done', 1]
		]);
		await readOnce(mailbox);
		expect((await states())[0]).toEqual(['done', 1]);
	});

	test('because the database server’s disk is full waits until there is room', async () => {
		deliver({});
		await db().execute(sql`create function refuse_full() returns trigger language plpgsql
			as 'begin raise exception using errcode = ''53100''; end'`);
		await db().execute(sql`create trigger full_disk before insert on conversations
			for each row execute function refuse_full()`);
		const makeRoom = () => db().execute(sql`drop function if exists refuse_full cascade`);
		onTestFinished(async () => void (await makeRoom()));
		for (let n = 1; n <= 4; n += 1) await expect(readOnce(mailbox)).rejects.toThrow();
		expect(await stored()).toMatchObject([{ state: 'stored', attempts: 0 }]);
		await makeRoom();
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([{ state: 'done', body: 'Antrean lama.' }]);
	});

	test('because its row has no room is stored before the next one', async () => {
		deliver({});
		deliver({}, 'Yang berikut');
		const full = async () => {
			throw new StorageFull();
		};
		// There is room again after the first of the two.
		const inbox = await openInbox(await mailboxAccess(mailbox), 1000);
		onTestFinished(() => inbox.close());
		let isFull = true;
		const fullOnce: typeof inbox.read = async (uid, what) => {
			const wasFull = isFull;
			isFull = false;
			return wasFull ? full() : inbox.read(uid, what);
		};
		await expect(readOnce(mailbox, { read: fullOnce })).rejects.toBeInstanceOf(StorageFull);
		await readOnce(mailbox);
		expect((await stored()).map(({ body }) => body)).toEqual(['Antrean lama.', 'Yang berikut']);
	});
});

describe('a mail server that hangs', () => {
	const run = async (graceMs: number) => {
		startReaders({ lookMs: 50, pollMs: 200, graceMs });
		await expect.poll(() => server.readers()).toBe(1);
		server.hang();
		// Long enough for the reader to ask for new mail.
		await wait(600);
	};
	const present = async () => (await db().select().from(connections).where(eq(connections.id, mailbox.id)))[0];

	test('does not block an orderly stop', async () => {
		await run(100);
		await stopReaders();
		expect(await present()).toMatchObject({ readUntil: null, lastError: null });
	});

	test('does not delay other mailboxes after its settings changed', async () => {
		const other = await startImapServer();
		onTestFinished(async () => {
			// Ends the reader that still waits.
			await server.close();
			await stopReaders();
			await other.close();
		});
		const { unit } = await makeOffice();
		const otherMailbox = await connectMailbox(unit, other);
		await run(60_000);
		await db().update(connections).set({ dedicated: true });
		await wait(300);
		other.deliver(mailSource({}, 'Kotak lain'));
		mailbox = otherMailbox;
		await expect.poll(async () => (await stored()).map(({ body }) => body)).toEqual(['Kotak lain']);
	});
});

test('after a mailbox moved, no other message takes the place of a stored one', async () => {
	deliver({ 'Message-ID': null });
	await readOnce(mailbox);
	await db().update(incomingMessages).set({ state: 'stored', attempts: 0, conversationId: null }).where(ofMailbox());
	server.move();
	await readOnce(mailbox);
	expect(await stored()).toMatchObject([{ state: 'failed', reason: 'gone' }]);
});

test('after a mailbox moved, a message is gone only if the server says so', async () => {
	deliver({});
	await readOnce(mailbox);
	await db().update(incomingMessages).set({ state: 'stored', attempts: 0, conversationId: null }).where(ofMailbox());
	server.move();
	const inbox = await openInbox(await mailboxAccess(mailbox), 1000);
	await inbox.close();
	const { find } = inbox;
	await expect(readOnce(mailbox, { find })).rejects.toMatchObject({ fault: 'lost' });
	expect(await stored()).toMatchObject([{ state: 'stored', attempts: 1 }]);
	for (let n = 2; n <= 3; n += 1) await expect(readOnce(mailbox, { find })).rejects.toMatchObject({ fault: 'lost' });
	expect(await stored()).toMatchObject([{ state: 'failed', reason: 'unreadable' }]);
});

test('after a mailbox moved, a refused search does not delay the others', async () => {
	deliver({});
	await readOnce(mailbox);
	await db().update(incomingMessages).set({ state: 'stored', attempts: 0, conversationId: null }).where(ofMailbox());
	server.move();
	deliver({}, 'Yang berikut');
	const find = async () => {
		throw new MailboxError('protocol');
	};
	await readOnce(mailbox, { find });
	expect(await stored()).toMatchObject([
		{ state: 'stored', attempts: 1 },
		{ state: 'done', body: 'Yang berikut' }
	]);
});

test('a reader of the former address moves nothing', async () => {
	deliver({});
	const entriesAfter = async () => {
		const another = { address: `baru-${mailbox.address}`, position: null };
		await db().update(connections).set(another).where(eq(connections.id, mailbox.id));
		return [{ uid: 1, bytes: 10, arrivedAt: now() }];
	};
	await expect(readOnce(mailbox, { entriesAfter })).rejects.toMatchObject({ name: 'LeaseLost' });
	const [row] = await db().select().from(connections).where(eq(connections.id, mailbox.id));
	expect(row?.position).toBeNull();
});
