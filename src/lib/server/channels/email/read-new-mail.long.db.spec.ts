import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { startImapServer } from '#lib/dev/testing/channels/imap-server.ts';
import { mailSource, multipart, part } from '#lib/dev/testing/channels/mail-source.ts';
import { connectMailbox, readOnce } from '#lib/dev/testing/channels/mailbox.ts';
import { entriesOf, rowsOfCase, readCase } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { changeReporterContact } from '#lib/server/cases/conversation/contact.ts';
import { reporterMailState } from '#lib/server/cases/mail-preference.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases, messages } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import type { ConnectionRow } from '../connections/connections.ts';
import { storeArrived } from '../incoming/store-message.ts';
import { readNewMail } from './read-new-mail.ts';
import { startReaders, stopReaders } from './readers.ts';
import { threadHeaders } from './thread.ts';

const office = useOffice();
let server: Awaited<ReturnType<typeof startImapServer>>;
let mailbox: ConnectionRow;

async function start(options?: Parameters<typeof connectMailbox>[2], plugins?: string[]) {
	server = await startImapServer(plugins ? { plugins } : {});
	onTestFinished(() => server.close());
	await connect(options);
}
async function connect(options?: Parameters<typeof connectMailbox>[2]) {
	mailbox = await connectMailbox(office.unit, server, options);
}
const readTwice = () => readOnce(mailbox).then(() => readOnce(mailbox));
const ofMailbox = () => eq(incomingMessages.connectionId, mailbox.id);
const stored = () => db().select().from(incomingMessages).where(ofMailbox()).orderBy(asc(incomingMessages.id));
const present = async () => (await db().select().from(connections).where(eq(connections.id, mailbox.id)))[0];
const deliver = (headers: Parameters<typeof mailSource>[0], body = 'Antrean lama.') =>
	server.deliver(mailSource(headers, body));

describe('position', () => {
	const beginWithNext = (saysNextUid: boolean) => async () => {
		server = await startImapServer({ saysNextUid });
		onTestFinished(() => server.close());
		deliver({ Subject: 'lama' });
		await connect();
		for (let n = 1; n <= 3; n += 1) deliver({ Subject: `baru ${n}` });
		const before = server.snapshot();
		await readTwice();
		expect((await stored()).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
		expect((await present())?.position).toMatchObject({ lastUid: 4 });
		expect(server.snapshot()).toEqual(before);
	};
	test('begins with the next message, reads each once and leaves the mailbox as it is', beginWithNext(true));
	test('begins with the next message also if the server does not return UIDNEXT', beginWithNext(false));

	test('a copy of a message is not another message', async () => {
		await start();
		const same = mailSource({}, 'Antrean lama.');
		server.deliver(same);
		server.deliver(same);
		await readOnce(mailbox);
		expect(await stored()).toHaveLength(1);
	});
});

describe('a crash', () => {
	test('after a message was stored: the next reader processes it, once', async () => {
		await start();
		deliver({});
		await readOnce(mailbox);
		const notProcessed = { state: 'stored', attempts: 0, body: '', conversationId: null } as const;
		await db().update(incomingMessages).set(notProcessed).where(ofMailbox());
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([{ state: 'done', attempts: 1, body: 'Antrean lama.' }]);
	});

	test('of the process by one message, three times: it is put aside and the next one arrives', async () => {
		await start();
		deliver({});
		await readOnce(mailbox);
		await db().update(incomingMessages).set({ state: 'stored', attempts: 3, conversationId: null }).where(ofMailbox());
		deliver({}, 'Yang berikut');
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([
			{ state: 'failed', reason: 'gave_up' },
			{ state: 'done', body: 'Yang berikut' }
		]);
	});

	test('and a person who deleted the message meanwhile: it is put aside', async () => {
		await start();
		const gone = {
			onceKey: crypto.randomUUID(),
			externalId: 'b@warga.example',
			source: { uid: 99, uidValidity: '0' },
			bytes: 9,
			sentAt: now()
		};
		await storeArrived(db(), mailbox, gone);
		await readOnce(mailbox);
		expect(await stored()).toMatchObject([{ state: 'failed', reason: 'gone' }]);
	});
});

test('a reader that lost its lease moves nothing', async () => {
	await start();
	deliver({});
	const { openInbox } = await import('#lib/server/integrations/mail/imap.ts');
	const { mailboxAccess } = await import('./mailbox.ts');
	const inbox = await openInbox(await mailboxAccess(mailbox));
	onTestFinished(() => inbox.close());
	const { signal } = new AbortController();
	const reading = {
		connection: mailbox,
		readerId: crypto.randomUUID(),
		inbox,
		signal,
		keepLease: async () => undefined
	};
	await expect(readNewMail(reading)).rejects.toThrow(mailbox.id);
	expect(await stored()).toEqual([]);
});

describe('threads', () => {
	const SARI = { identity: 'named', reporter: { name: 'Sari Contoh', email: 'sari@warga.example' } };
	let caseId: number;
	let reference: string;
	beforeEach(async () => {
		({ reference } = await makeCase(office.unit, SARI));
		caseId = (await readCase(reference)).id;
	});
	const sentMail = async (more: Partial<typeof mails.$inferInsert> = {}) => {
		const values = {
			kind: 'reporter',
			onceKey: crypto.randomUUID(),
			caseId,
			unitId: office.unit.id,
			subject: 's',
			body: 'b'
		};
		const [row] = await db()
			.insert(mails)
			.values({ ...values, state: 'sent', createdAt: now(), waitsFrom: now(), ...more })
			.returning();
		return row?.id ?? '';
	};
	const authors = async () =>
		(await rowsOfCase(messages, reference)).map(({ author, public: shown }) => [author, shown]);

	test('a reply to an e-mail about the case is a message of its reporter', async () => {
		await start();
		deliver({ 'In-Reply-To': `<${await sentMail()}@kantor.example>` });
		await readOnce(mailbox);
		expect(await authors()).toEqual([['reporter', false]]);
	});

	test('from another address it is shown apart, and no number in a subject proves anything', async () => {
		await start();
		deliver({ From: 'lain@warga.example', References: `<${await sentMail()}@kantor.example>` });
		deliver({ From: 'tiga@warga.example', Subject: `Re: ${reference}` });
		deliver({ From: 'empat@warga.example', 'In-Reply-To': `<${crypto.randomUUID()}@kantor.example>` });
		await readOnce(mailbox);
		expect(await authors()).toEqual([['other', false]]);
		expect(
			(await db().select().from(conversations).where(eq(conversations.connectionId, mailbox.id)))
				.map(({ state }) => state)
				.sort()
		).toEqual(['case', 'waiting', 'waiting']);
	});

	test('an e-mail to staff about the case is no thread of the reporter', async () => {
		await start();
		deliver({ 'In-Reply-To': `<${await sentMail({ kind: 'notice' })}@kantor.example>` });
		await readOnce(mailbox);
		expect(await authors()).toEqual([]);
	});

	test('the keyed tag of the reply address belongs to one case, and a changed tag to none', async () => {
		await start({ plusAddress: true });
		const { replyTo = '' } = await threadHeaders(db(), { caseId, conversationId: null, unitId: office.unit.id });
		expect(replyTo).toMatch(/^pengaduan-[0-9a-f-]{36}\+[0-9a-z]+-[0-9a-f]{16}@kantor\.example$/);
		deliver({ To: `Kantor <${replyTo.toUpperCase()}>` });
		deliver({ To: replyTo.replace(/-[0-9a-f]{16}@/, '-0123456789abcdef@'), From: 'lain@warga.example' });
		await readOnce(mailbox);
		expect(await authors()).toEqual([['reporter', false]]);
	});

	test('the next e-mail of a thread of the mailbox goes to the same conversation, and its answer names both', async () => {
		await start();
		deliver({ 'Message-ID': '<1@warga.example>' });
		deliver({ 'Message-ID': '<2@warga.example>', From: 'kantor.sari@warga.example' });
		deliver({ 'Message-ID': '<3@warga.example>', References: '<1@warga.example>' });
		await readOnce(mailbox);
		const [first, , third] = await stored();
		expect(third?.conversationId).toBe(first?.conversationId);
		const conversationId = first?.conversationId ?? 0;
		expect(await threadHeaders(db(), { caseId: null, conversationId, unitId: office.unit.id })).toEqual({
			replyTo: mailbox.address,
			inReplyTo: '<3@warga.example>',
			references: ['<1@warga.example>', '<3@warga.example>']
		});
	});

	test('a delivery report marks the e-mail as undelivered, once, and its address unless the fault is another one', async () => {
		await start();
		const id = await sentMail({ sentAt: now() });
		const report = (action: string, code = '5.1.1') => {
			const status = part('message/delivery-status', `Reporting-MTA: x\r\n\r\nAction: ${action}\r\nStatus: ${code}`);
			const returned = part('message/rfc822', `Message-ID: <${id}@kantor.example>\r\nSubject: s\r\n\r\nb`);
			const { type, body } = multipart('report', [part('text/plain', 'x'), status, returned]);
			const headers = { 'Content-Type': `${type}; report-type=Delivery-Status`, 'MIME-Version': '1.0' };
			server.deliver(mailSource({ ...headers, From: 'MAILER-DAEMON@warga.example' }, body));
		};
		const marks = async () => (await entriesOf(reference)).filter(({ type }) => type === 'undelivered');
		report('delayed');
		await readOnce(mailbox);
		expect(await marks()).toEqual([]);
		for (const code of ['5.7.1', '5.1.8', '4.4.7']) report('failed', code);
		await readOnce(mailbox);
		expect(await reporterMailState(await readCase(reference))).toBe('wanted');
		report('failed', '5.4.4');
		report('failed');
		await readOnce(mailbox);
		expect(await reporterMailState(await readCase(reference))).toBe('refused');
		expect(await marks()).toHaveLength(1);
		expect((await stored()).map(({ state, reason }) => `${state} ${reason}`)).toEqual([
			...['machine daemon', ...Array<string>(5).fill('machine delivery_report')]
		]);
		const spoken = { data: {} } as Parameters<typeof changeReporterContact>[3];
		const row = await readCase(reference);
		await transaction((tx) => changeReporterContact(tx, row, { email: 'sari.baru@warga.example' }, spoken));
		report('failed');
		await readOnce(mailbox);
		expect(await reporterMailState(await readCase(reference))).toBe('wanted');
	});
});

test('an address for complaints opens a case, with the time of the e-mail', async () => {
	await start({ dedicated: true });
	const arrived = new Date(Math.floor(now().getTime() / 1000) * 1000 - 60_000);
	server.deliver(mailSource({}, 'Antrean lama.'), arrived);
	await readOnce(mailbox);
	expect(await db().select().from(cases).where(eq(cases.unitId, office.unit.id))).toMatchObject([
		{ channel: 'email', body: 'Antrean lama.', receivedAt: arrived }
	]);
});

describe('readers', () => {
	const run = async () => {
		startReaders({ lookMs: 50, pollMs: 300 });
		onTestFinished(() => stopReaders());
	};
	const until = async (check: () => Promise<void>) => expect.poll(() => check().then(() => 'ok', String)).toBe('ok');

	test.each([
		['IDLE', ['IDLE']],
		['polling', []]
	])('read new mail by %s, and stop in order', async (_, plugins) => {
		await start({}, plugins);
		await run();
		deliver({}, 'Satu');
		await until(async () => expect((await stored()).map(({ state }) => state)).toEqual(['done']));
		deliver({}, 'Dua');
		await until(async () => expect(await stored()).toHaveLength(2));
		await stopReaders();
		expect(await present()).toMatchObject({ readUntil: null, lastError: null });
		deliver({}, 'Tiga');
		await inHours(1, async () => expect(await stored()).toHaveLength(2));
	});

	test('show a changed password and a server that is away, and go on when it is back', async () => {
		await start();
		server.setPassword('lain');
		await run();
		await until(async () => expect((await present())?.lastError).toBe('password'));
		await stopReaders();
		const { port } = server;
		await server.close();
		await run();
		await until(async () => expect((await present())?.lastError).toBe('refused'));
		await stopReaders();
		server = await startImapServer({ port });
		deliver({}, 'Sesudah gangguan');
		await db()
			.update(connections)
			.set({ position: { uidValidity: '1', lastUid: 0 } });
		await run();
		await until(async () => expect(await stored()).toMatchObject([{ body: 'Sesudah gangguan', state: 'done' }]));
		expect((await present())?.lastError).toBeNull();
	});
});
