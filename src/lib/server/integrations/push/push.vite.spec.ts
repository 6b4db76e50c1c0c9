import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startPushService, type PushService, type TestBrowser } from '#lib/dev/testing/channels/push-service.ts';
import { isPublicAddress, lookupForChannel, lookupPublic } from '../allowed-addresses.ts';
import { generatePushKeys, isPushEndpoint, sendPush } from './push.ts';

const dns = vi.hoisted(() => ({ addresses: [] as { address: string; family: number }[] }));
vi.mock('node:dns', () => ({
	lookup: (_name: string, _options: unknown, done: (error: null, found: unknown) => void) => done(null, dns.addresses)
}));

it.each([
	...['8.8.8.8', '142.250.4.188', '2607:f8b0:4004:c07::bc', '2a03:2880:f12f:83::1'].map((ip) => [ip, true] as const),
	...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.8.8.8', '169.254.169.254', '172.16.0.1'].map(no),
	...['172.31.255.255', '192.0.0.8', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'].map(no),
	...['224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1'].map(no),
	...['fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '2001::1', '2001:db8::1', '2002:a00:1::', 'localhost', ''].map(no)
])('%s is a public address: %s', (address, isPublic) => {
	expect(isPublicAddress(address)).toBe(isPublic);
});
function no(address: string) {
	return [address, false] as const;
}

it.each([
	['https://fcm.googleapis.com/fcm/send/abc:def', true],
	['https://updates.push.services.mozilla.com/wpush/v2/gAAA', true],
	['https://web.push.apple.com/QO', true],
	['https://8.8.8.8/x', true],
	['http://fcm.googleapis.com/x', false],
	['https://fcm.googleapis.com:8443/x', false],
	['https://user:secret@fcm.googleapis.com/x', false],
	['https://localhost/x', false],
	['https://intranet/x', false],
	['https://127.0.0.1/x', false],
	['https://0x7f.1/x', false],
	['https://2130706433/x', false],
	['https://[::1]/x', false],
	['https://[::ffff:10.0.0.1]/x', false],
	['https://169.254.169.254/latest/meta-data', false],
	['ftp://fcm.googleapis.com/x', false],
	['javascript:alert(1)', false],
	['', false],
	[`https://fcm.googleapis.com/${'x'.repeat(1000)}`, false]
])('%s may be stored as an endpoint: %s', (endpoint, allowed) => {
	expect(isPushEndpoint(endpoint)).toBe(allowed);
});

it('the lookup leaves out private addresses of a public name', async () => {
	const found = (all: boolean) =>
		new Promise((done) => lookupPublic('push.example', { all }, (error, address) => done(error?.message ?? address)));
	dns.addresses = [{ address: '10.0.0.5', family: 4 }];
	expect(await found(false)).toBe('no public address');
	expect(await found(true)).toBe('no public address');
	dns.addresses = [
		{ address: '10.0.0.5', family: 4 },
		{ address: '8.8.4.4', family: 4 }
	];
	expect(await found(false)).toBe('8.8.4.4');
	expect(await found(true)).toEqual([{ address: '8.8.4.4', family: 4 }]);
});

it('the lookup for channels leaves out only addresses that no channel may use', async () => {
	const found = () =>
		new Promise((done) =>
			lookupForChannel('sms.example', { all: true }, (error, address) => done(error?.message ?? address))
		);
	const allowed = { address: '10.0.0.5', family: 4 };
	dns.addresses = [{ address: '169.254.169.254', family: 4 }];
	expect(await found()).toBe('no address of a channel');
	dns.addresses.push(allowed);
	expect(await found()).toEqual([allowed]);
});

let service: PushService;
let browser: TestBrowser;
beforeAll(async () => {
	service = await startPushService();
	globalThis.spatulaLocalPush = undefined;
	browser = service.browser();
});
afterAll(() => service.close());

const send = async ({ endpoint, ...keys } = browser) =>
	sendPush({ endpoint, keys }, '{"kind":"news"}', {
		keys: await generatePushKeys(),
		subject: 'https://spatula.example',
		ttl: 3600
	});

it('refuses this machine unless a test allows it', async () => {
	expect(await send()).toEqual({ kind: 'refused' });
	expect(service.take()).toEqual([]);
	globalThis.spatulaLocalPush = true;
});

it.each([
	[201, 'sent'],
	[404, 'gone'],
	[410, 'gone'],
	[429, 'later'],
	[500, 'later'],
	[503, 'later'],
	[undefined, 'later'],
	[302, 'refused'],
	[400, 'refused'],
	[413, 'refused']
] as const)('an answer %s means %s', async (answer, outcome) => {
	service.answer(answer);
	expect((await send()).kind).toBe(outcome);
	const headers = expect.objectContaining({
		ttl: '3600',
		'content-encoding': 'aes128gcm',
		'user-agent': 'SPATULA',
		authorization: expect.stringMatching(/^vapid t=/)
	});
	expect(service.take()).toEqual([{ browser, text: '{"kind":"news"}', headers }]);
});

it('refuses a malformed key of a browser', async () => {
	expect(await send({ ...browser, p256dh: 'A'.repeat(87) })).toEqual({ kind: 'refused' });
});
