import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkNumber, fetchMedia, sendMessage, type Outgoing } from '#lib/server/integrations/whatsapp/client.ts';
import { startWhatsAppSandbox } from './server.ts';
import { NO_FAULTS, WHATSAPP_SANDBOX } from './store.ts';

const OWN_ID = '2f7d7f2e-6d2f-4b6c-8a53-0f2f8a1d2b11';
let sandbox: Awaited<ReturnType<typeof startWhatsAppSandbox>>;
beforeAll(async () => {
	sandbox = await startWhatsAppSandbox({ port: 0, deliver: async () => 200 });
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.store.faults = { ...NO_FAULTS };
});

const settings = () => ({ ...WHATSAPP_SANDBOX, baseUrl: sandbox.url });
const send = (message: Outgoing, more = {}) =>
	sendMessage({ ...settings(), ...more }, '6281240001234', message, OWN_ID);
const hello: Outgoing = { kind: 'text', text: 'Halo' };

test.each<[string, Outgoing]>([
	['a text', hello],
	['a text that is too long', { kind: 'text', text: '🙂'.repeat(5000) }],
	[
		'a list',
		{
			kind: 'list',
			text: 'Pilih',
			button: 'Buka daftar yang sangat panjang',
			rows: Array.from({ length: 12 }, (_, id) => ({
				id: `r${id}`,
				title: 'Judul yang lebih panjang dari batas',
				description: 'x'.repeat(90)
			}))
		}
	],
	[
		'buttons',
		{
			kind: 'buttons',
			text: 'x'.repeat(2000),
			buttons: ['a', 'b', 'c', 'd'].map((id) => ({ id, title: `Tombol yang panjang sekali ${id}` }))
		}
	],
	['a template', { kind: 'template', name: 'kabar_laporan', language: 'id' }]
])('sends %s within the limits of WhatsApp', async (_, message) => {
	expect(await send(message)).toMatchObject({ kind: 'sent', externalId: expect.stringMatching(/^wamid\./) });
});

test('an answer that does not come is unknown, and a service that is away is tried later', async () => {
	sandbox.store.faults.loseResponse = true;
	expect(await send(hello)).toMatchObject({ kind: 'unknown' });
	expect(await send(hello, { baseUrl: 'http://127.0.0.1:9' })).toMatchObject({ kind: 'later' });
	expect(await send(hello, { baseUrl: 'file:///etc/passwd' })).toMatchObject({ kind: 'later', reason: 'address' });
});

test('fetches a file within a limit, and says when it is gone', async () => {
	const id = sandbox.store.addMedia(Buffer.from('0123456789'), 'image/jpeg', null);
	expect(await fetchMedia(settings(), id, 10)).toEqual({ bytes: Buffer.from('0123456789'), mediaType: 'image/jpeg' });
	expect(await fetchMedia(settings(), id, 9)).toEqual({ missing: 'too_large' });
	expect(await fetchMedia({ ...settings(), token: 'wrong' }, id, 10)).toEqual({ missing: 'token' });
	expect(await fetchMedia({ ...settings(), baseUrl: 'http://127.0.0.1:9' }, id, 10)).toEqual({
		missing: 'unreachable'
	});
	sandbox.store.faults.filesExpired = true;
	expect(await fetchMedia(settings(), id, 10)).toEqual({ missing: 'expired' });
});

test('tells what is wrong with the settings', async () => {
	expect(await checkNumber(settings())).toEqual({ number: WHATSAPP_SANDBOX.number });
	expect(await checkNumber({ ...settings(), token: 'wrong' })).toEqual({ problem: 'token' });
	expect(await checkNumber({ ...settings(), phoneNumberId: '999' })).toEqual({ problem: 'number' });
	expect(await checkNumber({ ...settings(), baseUrl: 'http://127.0.0.1:9' })).toEqual({ problem: 'unreachable' });
});

test('refuses forms of other sites and of sandboxed frames', async () => {
	for (const origin of ['https://situs.example', 'null'])
		expect((await fetch(`${sandbox.url}/kirim`, { method: 'POST', headers: { origin } })).status).toBe(403);
});
