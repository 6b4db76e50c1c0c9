import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listenOnFreePort } from '#lib/dev/testing/network/local-server.ts';
import { openInbox } from './imap.ts';

/** Starts a server that accepts every command but the opening of the INBOX: there it answers, or breaks the connection. */
async function startServer(answer?: string) {
	const server = createServer((socket) => {
		socket.on('error', () => {}).write('* OK [CAPABILITY IMAP4rev1] ready\r\n');
		socket.on('data', (sent) => {
			for (const line of sent.toString().split('\r\n').filter(Boolean)) {
				const [tag = '', command = ''] = line.split(' ');
				if (command !== 'EXAMINE') socket.write(`${tag} OK done\r\n`);
				else if (answer) socket.write(`${tag} ${answer}\r\n`);
				else socket.destroy();
			}
		});
	});
	onTestFinished(() => void server.close());
	return listenOnFreePort(server);
}

it.each([
	['has no INBOX', 'NO no such mailbox', 'inbox'],
	['breaks the connection', undefined, 'lost']
])('says why it can not open the INBOX if the server %s', async (_what, answer, fault) => {
	const access = { host: '127.0.0.1', security: 'none' as const, user: 'pengaduan', password: 'rahasia' };
	await expect(openInbox({ ...access, port: await startServer(answer) })).rejects.toMatchObject({ fault });
});
