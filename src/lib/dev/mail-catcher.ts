import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { now } from '#lib/server/clock.ts';
import { writeAtomically } from './lapor-sandbox/store.ts';

/** An e-mail that arrived, as its reader sees it. */
export interface CaughtEmail {
	at: string;
	from: string;
	to: string;
	subject: string;
	text: string;
	messageId: string;
	/** As it came over the wire. */
	raw: string;
	/** Header names in lower case. */
	headers: Record<string, string>;
}

/** What the server does with an e-mail instead of taking it; `drop` breaks the connection without a word. */
export type Verdict = { code: number; text: string } | 'drop' | undefined;

export interface CatcherOptions {
	/** 0 picks a free one. */
	port: number;
	/** Where the e-mails are stored; null stores them in memory. */
	file: string | null;
	/** Asked at RCPT, and again when the content has arrived (and is kept); a slow server takes its time. Default: everything is taken. */
	verdict?: (stage: 'recipient' | 'content', address: string) => Verdict | Promise<Verdict>;
	/** The error that refuses every sender. Default: every sender is accepted. */
	sender?: { code: number; text: string };
}

export interface MailCatcher {
	/** What a client takes as SMTP_URL. */
	url: string;
	emails(): readonly CaughtEmail[];
	close(): Promise<void>;
}

/** The file of the caught e-mails in the folder of a demo. */
export const EMAILS_FILE = 'emails.json';

const KEPT = 200;

/** A mail server for development, demo and tests: listens on loopback, accepts every e-mail and delivers none. */
export async function startMailCatcher({ port, file, verdict, sender }: CatcherOptions): Promise<MailCatcher> {
	const emails: CaughtEmail[] =
		file && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as CaughtEmail[]) : [];
	let writing: Promise<void> = Promise.resolve();
	const keep = (email: CaughtEmail) => {
		emails.push(email);
		emails.splice(0, Math.max(0, emails.length - KEPT));
		if (file) writing = writing.then(() => writeAtomically(file, JSON.stringify(emails, null, '\t')));
	};

	const sockets = new Set<Socket>();
	const refuse = (stage: 'recipient' | 'content', address: string, done: (error?: Error | null) => void) => {
		void Promise.resolve(verdict?.(stage, address)).then((said) => {
			if (said === 'drop') for (const socket of sockets) socket.destroy();
			else done(said && errorOf(said));
		});
	};
	const errorOf = ({ code, text }: { code: number; text: string }) =>
		Object.assign(new Error(text), { responseCode: code });
	const server = new SMTPServer({
		disabledCommands: ['AUTH', 'STARTTLS'],
		disableReverseLookup: true,
		logger: false,
		onMailFrom: (_address, _session, done) => done(sender && errorOf(sender)),
		onRcptTo: ({ address }, _session, done) => refuse('recipient', address, done),
		onData(stream, { envelope }, done) {
			const to = envelope.rcptTo[0]?.address ?? '';
			const parsed = async () => {
				const source = await buffer(stream);
				return { source, mail: await simpleParser(source) };
			};
			void parsed().then(({ source, mail }) => {
				keep({
					at: now().toISOString(),
					from: mail.from?.text ?? '',
					to,
					subject: mail.subject ?? '',
					text: mail.text ?? '',
					messageId: mail.messageId ?? '',
					raw: source.toString('utf8'),
					headers: Object.fromEntries(mail.headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()]))
				});
				refuse('content', to, done);
			}, done);
		}
	});
	// A client that goes away in the middle is its own affair.
	server.on('error', () => undefined);
	server.server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	await new Promise<void>((listening, failed) => {
		server.server.once('error', failed);
		server.listen(port, '127.0.0.1', listening);
	});
	return {
		url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
		emails: () => emails,
		close: async () => {
			await new Promise<void>((closed) => server.close(closed));
			await writing;
		}
	};
}
