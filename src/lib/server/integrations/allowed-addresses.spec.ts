import { createServer } from 'node:http';
import { createServer as createMailServer } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { boundedCall } from './bounded-call.ts';
import { openInbox } from './mail/imap.ts';
import { isChannelAddress, isChannelHost, isPublicAddress } from './allowed-addresses.ts';

const web = createServer((_, response) => response.end('{}'));
const mail = createMailServer((socket) => socket.end('* BYE closed\r\n'));
const [webPort, mailPort] = [await listenOnFreePort(web), await listenOnFreePort(mail)];
afterAll(() => [web, mail].forEach((server) => server.close()));
const call = (host: string) =>
	boundedCall({ method: 'GET', url: `http://${host}:${webPort}/`, headers: {}, ms: 2000, maxBytes: 100 });
const mailbox = (host: string) =>
	openInbox({ host, port: mailPort, security: 'none', user: 'a', password: 'b' }).catch((error: unknown) => error);

const never = (ip: string): [string, boolean] => [ip, false];

it.each([
	...['8.8.8.8', '10.1.2.3', '192.168.1.1', '127.0.0.1', '::1', 'fd12::1', '2a03:2880::1'].map((ip) => [ip, true]),
	...['0.0.0.0', '0.1.2.3', '169.254.169.254', '224.0.0.1', '239.1.1.1', '255.255.255.255'].map((ip) => [ip, false]),
	...['100.100.100.200', '::ffff:100.100.100.200', 'fd00:ec2::254'].map((ip) => [ip, false]),
	...['100.100.100.201', 'fd00:ec2::253', '168.63.129.17', '192.0.0.193', 'fd20:ce::253'].map((ip) => [ip, true]),
	...['168.63.129.16', '192.0.0.192', 'fd20:ce::254', '64:ff9b::a9fe:a9fe', '64:ff9b::100.100.100.200'].map(never),
	...['64:ff9b:1::a9fe:a9fe', '2002:a9fe:a9fe::', '2002:a83f:8110:1::1', '::a9fe:a9fe', '::168.63.129.16'].map(never),
	// By NAT64 and 6to4 a channel may reach the same addresses as by IPv4.
	...['64:ff9b::8.8.8.8', '64:ff9b::10.1.2.3', '2002:808:808::1'].map((ip) => [ip, true]),
	...['::', 'fe80::1', 'ff02::1', '::ffff:169.254.169.254', '::ffff:0.0.0.0', 'kantor', ''].map((ip) => [ip, false])
] as [string, boolean][])('a channel may use the address %s: %s', (address, allowed) => {
	expect(isChannelAddress(address)).toBe(allowed);
});

it('no push service is at the address of the keys of Azure', () => {
	expect(['168.63.129.16', '168.63.129.17'].map(isPublicAddress)).toEqual([false, true]);
});

it('a host is a name or an allowed address', () => {
	expect(['imap.kantor.go.id', '10.0.0.1', '[::1]', '[fe80::1]', '169.254.169.254'].map(isChannelHost)).toEqual([
		...[true, true, true],
		...[false, false]
	]);
});

it('calls and mailboxes reach the network of the office, but no address where a cloud offers keys', async () => {
	for (const host of ['169.254.169.254', '100.100.100.200', '0.0.0.0', '[::ffff:169.254.169.254]'])
		expect(await call(host)).toEqual({ error: 'address', hasPossiblyArrived: false });
	for (const host of ['169.254.169.254', 'fe80::1', '0.0.0.0'])
		expect(await mailbox(host)).toMatchObject({ name: 'MailboxError', fault: 'refused' });
	for (const host of ['127.0.0.1', 'localhost']) expect(await call(host)).toMatchObject({ status: 200 });
	expect(await mailbox('localhost')).not.toMatchObject({ fault: 'refused' });
});
