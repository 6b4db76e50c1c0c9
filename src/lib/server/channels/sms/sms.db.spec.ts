import { createServer } from 'node:http';
import { desc, eq } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { atTime, bringTo } from '#lib/dev/testing/office.ts';
import { inHours } from '#lib/dev/testing/outcomes.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { smsOutsideFixedTexts } from '#lib/dev/testing/channels/received.ts';
import { runJobs } from '#lib/dev/testing/channels/whatsapp.ts';
import { writeMessage } from '#lib/server/cases/conversation/message.ts';
import { randomReceipt } from '#lib/server/cases/receipt.ts';
import { db } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { connections, conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { writeToReporters } from '#lib/server/reporters/write-to-reporters.ts';
import { setUpConnection, tryConnection } from '../connections/connection-forms.ts';
import { connectionOf, noteFailed } from '../connections/connections.ts';
import { referConversation } from '../incoming/decide.ts';
import { failedMessages, settleFailed } from '../incoming/set-aside.ts';
import { openFromConversation } from '../incoming/open-from-conversation.ts';
import { conversationView } from '../incoming/view.ts';
import { gatewaySettings } from './connect.ts';
import { receiveSms } from './receive.ts';

const office = useOffice();
const SECRET = 'kunci-webhook-yang-panjang';

/** Bodies sent in the present test, and the texts sent in all tests, which are checked at the end. */
const sent: string[] = [];
const allTexts: string[] = [];
let refusal: number | undefined;
const gateway = createServer((request, response) => {
	let body = '';
	request.on('data', (part: Buffer) => (body += part.toString('utf8')));
	request.on('end', () => {
		sent.push(body);
		allTexts.push((JSON.parse(body) as { text: string }).text);
		response.writeHead(refusal ?? 200, { 'retry-after': '1800' }).end('{"id":"77"}');
	});
});
const url = `http://127.0.0.1:${await listenOnFreePort(gateway)}/send`;
afterAll(async () => {
	gateway.close();
	expect(await smsOutsideFixedTexts(allTexts)).toEqual([]);
});

let connectionId = '';
let officeNumber = '';
let offices = 0;
let admin: Awaited<ReturnType<typeof makeActor>>;
const headers = 'Content-Type: application/json';
const request = { url, method: 'POST', headers, body: '{"to":"{to}","text":"{text}"}', secret: SECRET };
const messagePaths = { idPath: 'id', senderPath: 'from', textPath: 'message', timePath: 'at', messageIdPath: 'id' };
const form = (more: object = {}) => ({ address: officeNumber, ...request, ...messagePaths, ...more });
const save = (data: unknown) => setUpConnection(admin, office.unit.code, 'sms', data);
const tryOut = (data: unknown) => tryConnection(admin, office.unit.code, 'sms', data);
beforeEach(async () => {
	sent.length = 0;
	refusal = undefined;
	officeNumber = `+62811000${4012 + ++offices}`;
	admin = await makeActor([[office.unit.id, 'admin']]);
	await save(form());
	connectionId = (await connectionOf(admin, office.unit.code, 'sms')).connection?.id ?? '';
});

const arrive = (message: Record<string, unknown>) =>
	receiveSms(connectionId, SECRET, 'application/json', () => Promise.resolve(JSON.stringify(message)));
const stored = () => db().select().from(incomingMessages).where(eq(incomingMessages.connectionId, connectionId));

async function newestConversation() {
	const isOwn = eq(conversations.connectionId, connectionId);
	const [row] = await db().select().from(conversations).where(isOwn).orderBy(desc(conversations.id));
	return row?.id ?? 0;
}
async function connectionRow() {
	const [row] = await db().select().from(connections).where(eq(connections.id, connectionId));
	return row;
}

describe('an SMS in an unknown format', () => {
	test('is set aside once, is shown at the connection, and is processed after the paths are corrected', async () => {
		const receipt = randomReceipt();
		const message = { msisdn: '081240005555', content: `Antrean lama. Kode ${receipt}`, id: 'u1' };
		expect([await arrive(message), await arrive(message)]).toEqual([true, true]);
		expect((await connectionRow())?.lastError).toBe('unknown_format');
		const { items } = await failedMessages(office.handler);
		expect(items.map(({ reason }) => reason)).toEqual(['unknown_format']);
		expect(items[0]?.seen?.text).toBe(JSON.stringify({ ...message, content: 'Antrean lama. Kode •••' }));
		await settleFailed(office.handler, { message: items[0]?.id, settle: 'again' });
		await runJobs();
		expect(await stored()).toMatchObject([{ state: 'failed', reason: 'unknown_format' }]);
		await save(form({ senderPath: 'msisdn', textPath: 'content' }));
		await runJobs();
		const rows = (await stored()).map(({ state, body }) => [state, body]);
		expect(rows.toSorted()).toEqual([
			['done', ''],
			['done', 'Antrean lama. Kode •••']
		]);
		expect(await db().$count(conversations, eq(conversations.connectionId, connectionId))).toBe(1);
	});

	test('does not replace an error of sending, and the next readable SMS does not clear that error', async () => {
		await noteFailed(connectionId, 'gateway_refused');
		for (const sender of ['msisdn', 'from']) {
			await arrive({ [sender]: '081240005555', message: 'Antrean lama.' });
			expect((await connectionRow())?.lastError).toBe('gateway_refused');
		}
	});

	test('is stored even if it is not JSON, again an hour later, and the next readable SMS clears the error', async () => {
		const call = () => receiveSms(connectionId, SECRET, 'text/plain', () => Promise.resolve('0812 Antrean lama'));
		expect([await call(), await call(), await inHours(1, call)]).toEqual([true, true, true]);
		expect((await failedMessages(office.handler)).items).toMatchObject([{ seen: { text: '0812 Antrean lama' } }, {}]);
		await arrive({ from: '081240005555', message: 'Kapan kantor buka?' });
		expect((await connectionRow())?.lastError).toBeNull();
	});
});

test('many SMS of one call in an unknown format are all processed after the paths are corrected', async () => {
	const paths = { textPath: 'data.0.message', messageIdPath: 'data.0.id' };
	await save(form({ ...paths, senderPath: 'data.0.from' }));
	const text = 'Antrean lama. '.repeat(70);
	const data = Array.from({ length: 20 }, (_, id) => ({ id, msisdn: '081240005555', message: text }));
	await arrive({ data });
	await save(form({ ...paths, senderPath: 'data.0.msisdn' }));
	await runJobs();
	expect((await stored()).filter(({ body }) => body.startsWith('Antrean'))).toHaveLength(20);
});

describe('an SMS that comes in', () => {
	test('is stored separately from the other SMS of the same call', async () => {
		const paths = { senderPath: 'data.0.from', textPath: 'data.0.message', messageIdPath: 'data.0.id' };
		await save(form(paths));
		const sms = ['Satu', 'Dua', ''].map((message, id) => ({ id, from: '081240005555', message }));
		expect(await arrive({ data: [...sms, { status: 'sent' }] })).toBe(true);
		await runJobs();
		const rows = (await stored()).map(({ state, reason, body }) => [state, reason, body]);
		expect(rows.toSorted()).toEqual([
			['done', null, 'Dua'],
			['done', null, 'Satu'],
			['failed', 'unknown_format', ''],
			['machine', 'empty', '']
		]);
	});

	test('is stored even if another SMS had the same id', async () => {
		for (const from of ['081240005555', '081240006666']) await arrive({ id: '1', from, message: 'Kapan kantor buka?' });
		expect(await stored()).toHaveLength(2);
	});

	test('is stored once and waits in Pesan masuk', async () => {
		const call = { from: '081240005555', message: 'Kapan kantor buka?', at: '2026-11-27T08:00:00+08:00' };
		const message = { id: `a1-${call.from}`, ...call };
		expect([await arrive(message), await arrive(message)]).toEqual([true, true]);
		await runJobs();
		expect(await stored()).toMatchObject([
			{ state: 'done', body: 'Kapan kantor buka?', sentAt: new Date('2026-11-27T00:00:00Z'), caseId: null }
		]);
		expect(await db().$count(conversations, eq(conversations.connectionId, connectionId))).toBe(1);
		// Without a key, a reader of the database could hash each number with this text until one fits.
		const plain = sha256Hex(JSON.stringify([message.from, message.message, message.id]));
		for (const clear of [plain, message.id]) expect(JSON.stringify(await stored())).not.toContain(clear);
	});

	test.each([
		['2026-12-03 08:15:00+08:00', '2026-12-03T00:15:00Z'],
		['1796257500', '2026-12-03T00:25:00Z'],
		['03/12/2026 08:15:00', '2026-12-03T01:00:00Z'],
		['besok', '2026-12-03T01:00:00Z']
	])('with the time %s is stored as sent at %s', async (time, expected) => {
		const message = { id: 't1', from: '081240005555', message: 'Kapan kantor buka?', at: time };
		await atTime('2026-12-03T01:00:00Z', () => arrive(message));
		expect(await stored()).toMatchObject([{ sentAt: new Date(expected) }]);
	});

	test('is stored without the receipt that it contains', async () => {
		await arrive({ id: 'k1', from: '081240005555', message: `Kode saya ${randomReceipt()}` });
		await runJobs();
		expect(await stored()).toMatchObject([{ body: 'Kode saya •••' }]);
	});

	test.each(['application/x-www-form-urlencoded', ''])('is accepted as a form of type "%s"', async (type) => {
		const body = new URLSearchParams({ from: '081240005555', message: 'Kapan kantor buka?', id: 'p1' }).toString();
		expect(await receiveSms(connectionId, SECRET, type, () => Promise.resolve(body))).toBe(true);
		await runJobs();
		expect(await stored()).toMatchObject([{ state: 'done', body: 'Kapan kantor buka?' }]);
	});

	test('from a sender without a number is marked as automatic', async () => {
		await arrive({ id: 'p2', from: 'TELKOMSEL', message: 'Paket data murah' });
		await runJobs();
		expect(await stored()).toMatchObject([{ state: 'machine', reason: 'not_a_number' }]);
	});

	test('without id and time counts as a repeat if the same text comes from the same sender within a minute', async () => {
		const message = { from: '081240005555', message: 'Kapan kantor buka?' };
		for (const time of ['08:00:50', '08:01:10', '08:02:30'])
			await atTime(`2026-11-27T${time}+08:00`, () => arrive({ ...message, attempt: time }));
		await atTime('2026-11-27T08:02:40+08:00', () => arrive({ ...message, message: 'Terima kasih.' }));
		expect(await stored()).toHaveLength(3);
	});

	test('of more than ten parts is cut, and says so', async () => {
		await arrive({ id: 'l1', from: '081240005555', message: 'x'.repeat(2000) });
		await runJobs();
		expect((await stored())[0]?.body).toMatch(/^x{1528} …$/);
	});

	test.each([
		['the wrong secret', 'wrong', undefined],
		['no secret', null, undefined],
		['an unknown connection', SECRET, 'x']
	])('with %s is refused before its body is read', async (_, secret, id = connectionId) => {
		expect(await receiveSms(id, secret, '', () => Promise.reject(new Error('read')))).toBe(false);
		expect(await stored()).toEqual([]);
	});
});

test('an SMS about a report says only that there is news', async () => {
	await arrive({ id: 'b1', from: '081240006666', message: 'Antrean di loket statistik tidak berjalan sejak pagi.' });
	await runJobs();
	const { reference, id: caseId } = await openFromConversation(await newestConversation(), {}, office.handler);
	await writeMessage(office.handler, reference, { body: 'Kami sedang memeriksa loket.', public: true });
	await bringTo(office, reference, 'answered');
	await writeToReporters(await db().select().from(timeline).where(eq(timeline.caseId, caseId)));
	await runJobs();
	expect(sent).toHaveLength(2);
	for (const body of sent)
		expect(JSON.parse(body)).toMatchObject({ to: '081240006666', text: expect.stringMatching(/\/lacak$/) });
});

test('a referral shows the text that the SMS has, before and after it is sent', async () => {
	await arrive({ id: 'r1', from: '081240008888', message: 'Saya minta data inflasi.' });
	await runJobs();
	const id = await newestConversation();
	const { referral } = await conversationView(office.handler, id);
	expect(await referConversation(office.handler, id, { seen: 9 })).toBe('referred');
	await runJobs();
	expect(sent.map((body) => (JSON.parse(body) as { text: string }).text)).toEqual([referral]);
	expect((await conversationView(office.handler, id)).replies).toMatchObject([{ text: referral, state: 'sent' }]);
});

test('an SMS that the gateway can’t take now waits as long as the gateway asks for', async () => {
	await arrive({ id: 'w1', from: '081240009999', message: 'Saya minta data inflasi.' });
	await runJobs();
	refusal = 503;
	await atTime('2026-12-03T01:00:00Z', async () => {
		await referConversation(office.handler, await newestConversation(), { seen: 9 });
		await runJobs();
	});
	expect(sent).toHaveLength(1);
	const [row] = await db().select().from(outgoingMessages).where(eq(outgoingMessages.connectionId, connectionId));
	expect(row).toMatchObject({ state: 'waiting', nextAttemptAt: new Date('2026-12-03T01:30:00Z') });
});

test('the connection shows an error after three refused SMS, until a test SMS succeeds', async () => {
	refusal = 422;
	for (const from of ['081240001111', '081240001112', '081240001113']) {
		expect((await connectionRow())?.lastError).toBeNull();
		await arrive({ id: from, from, message: 'Saya minta data inflasi.' });
		await runJobs();
		await referConversation(office.handler, await newestConversation(), { seen: 9 });
		await runJobs();
	}
	expect((await connectionRow())?.lastError).toBe('unsent');
	refusal = undefined;
	await tryOut({ to: '0812 4000 7777' });
	expect((await connectionRow())?.lastError).toBeNull();
});

describe('the form', () => {
	test('tries the gateway, and shows a refusal', async () => {
		await tryOut({ to: '0812 4000 7777' });
		expect(sent).toHaveLength(1);
		await save(form({ url: 'http://127.0.0.1:9/send' }));
		await tryOut({ to: '081240007777' });
		expect(await connectionRow()).toMatchObject({ lastError: 'sms_gateway' });
	});

	test('encrypts a key in the address or body, and shows it in the form only', async () => {
		const keyed = { url: 'http://127.0.0.1:9/send?key=KUNCI', body: '{"key":"KUNCI","to":"{to}"}' };
		await save(form(keyed));
		const row = await connectionRow();
		expect(JSON.stringify([row, await db().select().from(auditEntries)])).not.toContain('KUNCI');
		expect(row && (await gatewaySettings(row))).toMatchObject(keyed);
	});

	test.each([
		[{ url: 'file:///etc/passwd' }, 'https_address'],
		[{ url: 'http://169.254.169.254/latest', headers: '' }, 'sms_headers_again'],
		[{ headers: 'no colon' }, 'sms_headers'],
		[{ textPath: 'a b' }, 'sms_path'],
		[{ secret: 'short' }, 'sms_secret']
	])('refuses %o', async (more, code) => {
		await expect(save(form(more))).rejects.toMatchObject({ issues: [{ code }] });
	});
});
