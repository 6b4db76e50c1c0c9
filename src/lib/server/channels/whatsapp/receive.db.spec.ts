import { createHmac } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { WHATSAPP_SANDBOX } from '#lib/dev/whatsapp-sandbox/store.ts';
import { connectWhatsApp, runStatusJobs } from '#lib/dev/testing/channels/whatsapp.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { readCase, story } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { encryptText } from '#lib/server/keys.ts';
import { waitingRow } from '../outbox.ts';
import { connectionById, type ConnectionRow } from '../connections/connections.ts';
import { failedMessages, settleFailed } from '../incoming/set-aside.ts';
import { hashMessageId } from '../hash-message-id.ts';
import { processMessage } from '../process-message.ts';
import { answerChallenge, receiveWebhook } from './receive.ts';

const office = useOffice();
let own: ConnectionRow;
beforeEach(async () => {
	own = await connectWhatsApp(office.unit, 'http://127.0.0.1:9');
});

let ids = 0;
const message = (text = 'Halo') => ({
	id: `wamid.r${++ids}`,
	from: '6281240009999',
	timestamp: String(Math.floor(Date.now() / 1000)),
	type: 'text',
	text: { body: text }
});
const change = (messages: unknown[], phone_number_id: string = WHATSAPP_SANDBOX.phoneNumberId) => ({
	value: { metadata: { phone_number_id }, messages }
});
const bodyOf = (...changes: unknown[]) => Buffer.from(JSON.stringify({ entry: [{ changes }] }));
const sign = (body: Buffer, secret: string = WHATSAPP_SANDBOX.appSecret) =>
	`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
const receive = (body: Buffer, signature: string | null) => receiveWebhook(() => Promise.resolve(body), signature);
const stored = () => db().select().from(incomingMessages).where(eq(incomingMessages.unitId, office.unit.id));

describe('a call of the webhook', () => {
	test('is stored once, also 20 times at the same moment', async () => {
		const body = bodyOf(change([message()]));
		const results = await Promise.all(Array.from({ length: 20 }, () => receive(body, sign(body))));
		expect(results).toEqual(Array.from({ length: 20 }, () => true));
		expect(await stored()).toHaveLength(1);
	});

	test.each([
		['without a signature', (_: Buffer) => null],
		['with the signature of another secret', (body: Buffer) => sign(body, 'other')],
		['with the signature of another body', (_: Buffer) => sign(Buffer.from('{}'))]
	])('%s is refused and stores nothing', async (_, header) => {
		const body = bodyOf(change([message()]));
		expect(await receive(body, header(body))).toBe(false);
		expect(await stored()).toEqual([]);
	});

	test.each([null, 'sha256=', `sha1=${'0'.repeat(64)}`, `sha256=${'0'.repeat(63)}`])(
		'with the signature %s is refused before its body is read',
		async (signature) => {
			expect(await receiveWebhook(() => Promise.reject(new Error('read')), signature)).toBe(false);
		}
	);

	test('is refused before its body is read if no office has WhatsApp', async () => {
		await db().update(connections).set({ removedAt: now() }).where(eq(connections.id, own.id));
		const read = () => Promise.reject(new Error('read'));
		expect(await receiveWebhook(read, sign(Buffer.from('{}')))).toBe(false);
	});

	test('of another number of the same app stores nothing for this one', async () => {
		const foreign = bodyOf(change([message()], '424242'));
		expect(await receive(foreign, sign(foreign))).toBe(true);
		expect(await stored()).toEqual([]);
		const both = bodyOf(change([message()], '424242'), change([message()]), change([message(), message()]));
		expect(await receive(both, sign(both))).toBe(true);
		expect(await stored()).toHaveLength(3);
	});

	test('for another number of ours, which has another secret, is refused', async () => {
		const other = await connectWhatsApp(office.root, 'http://127.0.0.1:9', { phoneNumberId: '99887766' });
		const secretsSealed = await encryptText(JSON.stringify({ appSecret: 'other' }));
		await db().update(connections).set({ secretsSealed }).where(eq(connections.id, other.id));
		await db().update(connections).set({ removedAt: null }).where(eq(connections.id, own.id));
		const body = bodyOf(change([message()], '99887766'));
		expect(await receive(body, sign(body))).toBe(false);
		expect(await receive(body, sign(body, 'other'))).toBe(true);
	});

	test.each(['', 'null', '[]', '{', '{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":{}}}}]}]}'])(
		'that is signed and says nothing (%s) stores nothing',
		async (text) => {
			const body = Buffer.from(text);
			expect(await receive(body, sign(body))).toBe(true);
			expect(await stored()).toEqual([]);
		}
	);

	test('stores a message in an unknown format once, and shows the error until a readable message arrives', async () => {
		const body = bodyOf(change([message('Halo'), { ...message('Antrean lama'), id: 7 }]));
		for (let call = 0; call < 2; call++) await receive(body, sign(body));
		expect((await connectionById(own.id, 'whatsapp'))?.lastError).toBe('unknown_format');
		const { items } = await failedMessages(office.handler);
		expect(items).toMatchObject([
			{ reason: 'unknown_format', seen: { text: expect.stringContaining('Antrean lama') } }
		]);
		await settleFailed(office.handler, { message: items[0]?.id, settle: 'again' });
		await processMessage(items[0]?.id ?? 0);
		expect((await failedMessages(office.handler)).items).toHaveLength(1);
		const next = bodyOf(change([message()]));
		await receive(next, sign(next));
		expect((await connectionById(own.id, 'whatsapp'))?.lastError).toBeNull();
	});

	test('waits for no case: a job stores what became of a message', async () => {
		const { reference } = await makeCase(office.unit);
		const { id: caseId } = await readCase(reference);
		const sent = { connectionId: own.id, caseId, content: { kind: 'text', text: 'Kabar' }, onceKey: reference };
		const externalId = hashMessageId('wamid.sent');
		await db()
			.insert(outgoingMessages)
			.values({ ...sent, ...waitingRow(), state: 'sent', externalId });
		const state = async () =>
			(await db().select().from(outgoingMessages).where(eq(outgoingMessages.caseId, caseId)))[0]?.state;
		const status = { id: 'wamid.sent', status: 'failed', errors: [{ code: 131026 }] };
		const body = bodyOf({ value: { ...change([message()]).value, statuses: [status] } });
		expect(await receive(body, sign(body))).toBe(true);
		expect([await state(), await story(reference)]).toEqual(['sent', ['opened']]);
		await runStatusJobs();
		expect([await state(), await story(reference)]).toEqual(['failed', ['opened', 'undelivered']]);
	});

	test('is stored without a number, name or text in clear', async () => {
		const body = bodyOf({
			value: {
				...change([message('Rahasia sekali')]).value,
				contacts: [{ wa_id: '6281240009999', profile: { name: 'Nama Pelapor' } }]
			}
		});
		await receive(body, sign(body));
		expect(JSON.stringify(await stored())).not.toMatch(/6281240009999|Nama Pelapor|Rahasia sekali/);
	});
});

test.each([
	['subscribe', WHATSAPP_SANDBOX.verifyToken, '42'],
	['subscribe', 'wrong', undefined],
	['subscribe', '', undefined],
	['unsubscribe', WHATSAPP_SANDBOX.verifyToken, undefined]
])('the question of Meta: %s with %s gives %s', async (mode, token, expected) => {
	const query = new URLSearchParams({ 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': '42' });
	expect(await answerChallenge(query)).toBe(expected);
});
