import type { AddressInfo, Socket } from 'node:net';
// @ts-expect-error the package has no types
import hoodiecrow from 'hoodiecrow-imap';

/** A message in the test server: its source with one character per byte, and its flags. */
interface StoredMessage {
	raw: string;
	flags: string[];
	uid: number;
}

interface Client {
	socket: Socket;
	selectedMailbox: unknown;
}

interface Hoodiecrow {
	server: { address(): AddressInfo };
	users: Record<string, { password: string }>;
	outputHandlers: ((connection: Client, response: { skipResponse?: boolean }, description?: string) => void)[];
	connectionHandlers: ((connection: Client) => void)[];
	listen(port: number, host: string, done: () => void): void;
	close(done: () => void): void;
	getMailbox(path: string): { messages: StoredMessage[]; uidvalidity: number; uidnext: number };
	appendMessage(mailbox: string, flags: string[], date: Date, raw: string): void;
}

/** User of every test mailbox. */
export const IMAP_USER = 'pengaduan';

/**
 * Starts an IMAP server in this process, with an empty INBOX unless `inbox` is false. `saysNextUid`: whether the server
 * reports UIDNEXT when a client opens the INBOX.
 */
export async function startImapServer({
	password = 'rahasia',
	port = 0,
	plugins = ['IDLE'],
	inbox = true,
	saysNextUid = true
} = {}) {
	const start = hoodiecrow as (options: object) => Hoodiecrow;
	const server = start({
		plugins,
		users: { [IMAP_USER]: { password } },
		storage: inbox ? { INBOX: {}, '': {} } : { '': {} }
	});
	const clients = new Set<Client>();
	server.connectionHandlers.push((client) => {
		clients.add(client);
		client.socket.on('close', () => clients.delete(client)).on('error', () => {});
	});
	server.outputHandlers.push((_, response, description) => {
		if (description === 'EXAMINE UIDNEXT' && !saysNextUid) response.skipResponse = true;
	});
	await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
	const mailbox = () => server.getMailbox('INBOX');
	return {
		port: server.server.address().port,
		/** Delivers a message, now or at another time. */
		deliver: (raw: string | Buffer, at = new Date()) =>
			server.appendMessage('INBOX', [], at, Buffer.from(raw as string).toString('latin1')),
		/** All messages as they are now, to prove that nothing in the mailbox changes. */
		snapshot: () => mailbox().messages.map(({ raw, flags, uid }) => ({ raw, flags: [...flags], uid })),
		/** How many clients have the INBOX open. */
		readers: () => [...clients].filter(({ selectedMailbox }) => selectedMailbox).length,
		/** The server keeps its connections open and answers nothing any more, like one that hangs. */
		hang: () => clients.forEach(({ socket }) => socket.removeAllListeners('data').resume()),
		setPassword: (next: string) => (server.users[IMAP_USER] = { password: next }),
		/** The mailbox gets another identity, as after a move: its messages get new UIDs. */
		move: () => {
			const box = mailbox();
			box.uidvalidity += 1000;
			box.messages.forEach((message, index) => (message.uid = index + 1));
			box.uidnext = box.messages.length + 1;
		},
		close: () => {
			for (const { socket } of clients) socket.destroy();
			return new Promise<void>((done) => server.close(done));
		}
	};
}
