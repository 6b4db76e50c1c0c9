import { Readable } from 'node:stream';
import { OF_SENDER } from '#lib/text/mail-reason.ts';

export interface SmtpSettings {
	/** `smtp://` or `smtps://`, with user and password if the server requires them. */
	url: string;
	/** The sender in the e-mail: an address, or `Name <address>`. */
	from: string;
}

/** An e-mail as it is sent: plain text to one address. */
export interface Email {
	/** Before the `@` of the Message-ID. It is the same for every attempt, so that a mailbox can recognise a copy. */
	id: string;
	to: string;
	subject: string;
	text: string;
	date: Date;
	/** The link for unsubscribing, also for the button of mail programs (RFC 8058). */
	stop?: string;
	/** Where a reply goes, if not to the sender. */
	replyTo?: string;
	/** Message-IDs with angle brackets: the e-mail that it answers, and its thread from the oldest on. */
	inReplyTo?: string;
	references?: string[];
	/** How a program wrote it (RFC 3834), `auto-generated` by default; `no`: a person wrote it to this reader. */
	automatic?: 'auto-generated' | 'auto-replied' | 'no';
}

export type MailOutcome =
	| { kind: 'sent' }
	/**
	 * The server did not accept the e-mail, but another attempt may succeed: no connection, a 4xx, or a refusal of our
	 * sign-in, sender or network, which concerns every e-mail until somebody changes the settings.
	 */
	| { kind: 'later'; reason: string }
	/** A 5xx about this e-mail: the server will not accept it. `address`: because the address does not exist. */
	| { kind: 'refused'; reason: string; address: boolean }
	/** Content was sent and no response came: the server may have accepted the e-mail. */
	| { kind: 'unknown'; reason: string };

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
/** Limit of the whole SMTP exchange; shorter than the lease of an e-mail. */
export const SMTP_LIMIT_MS = 120_000;

/** The commands whose refusal concerns the e-mail, not its sender. Some servers check the sender only at `RCPT TO`. */
const EMAIL_COMMANDS: readonly (string | undefined)[] = ['RCPT TO', 'DATA'];

const ONE_CLICK = { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };

const EXCERPT = 300;

/**
 * Sends one e-mail to the mail server, over its own connection.
 *
 * @param beforeContent called once, after the server accepted DATA and before the first byte of the content is sent. If it
 * throws, nothing is sent. From then on a missing response is `unknown`
 */
export async function sendEmail(
	{ url, from }: SmtpSettings,
	{ id, stop, automatic = 'auto-generated', ...email }: Email,
	beforeContent: () => Promise<void>
): Promise<MailOutcome> {
	let contentSent = false;
	// Loaded only here, because many sites send no e-mail.
	const { createTransport } = await import('nodemailer');
	const transport = createTransport({
		url,
		connectionTimeout: CONNECT_MS,
		dnsTimeout: CONNECT_MS,
		greetingTimeout: CONNECT_MS,
		socketTimeout: SILENCE_MS,
		disableFileAccess: true,
		disableUrlAccess: true
	});
	transport.use('stream', (mail, done) => {
		const write = mail.message.createReadStream.bind(mail.message);
		// nodemailer reads the content only after the server accepted DATA, so this is exactly the moment before the content is
		// sent.
		mail.message.createReadStream = () =>
			Readable.from(
				contentOf(write, beforeContent, () => (contentSent = true)),
				{ objectMode: false }
			) as never;
		done();
	});
	try {
		await transport.sendMail({
			...email,
			from,
			messageId: `<${id}@${hostOf(from)}>`,
			headers: { 'Auto-Submitted': automatic, ...(stop ? ONE_CLICK : {}) },
			...(stop ? { list: { unsubscribe: stop } } : {}),
			signal: AbortSignal.timeout(SMTP_LIMIT_MS)
		});
		return { kind: 'sent' };
	} catch (error) {
		return outcomeOf(error as SmtpError, contentSent);
	} finally {
		transport.close();
	}
}

async function* contentOf(write: () => Readable, beforeContent: () => Promise<void>, onContent: () => void) {
	await beforeContent();
	onContent();
	yield* write() as AsyncIterable<Buffer>;
}

/** nodemailer's error: the server's response, if there was one, and the command that it refused. */
interface SmtpError extends Error {
	command?: string;
	response?: string;
	responseCode?: number;
}

function outcomeOf(error: SmtpError, contentSent: boolean): MailOutcome {
	const { command, responseCode } = error;
	const reason = (error.response || error.message).replace(/\s+/g, ' ').trim().slice(0, EXCERPT);
	if (responseCode === undefined) return { kind: contentSent ? 'unknown' : 'later', reason };
	const concerned = contentSent ? 'email' : concernOf(responseCode, reason);
	const refused = responseCode >= 500 && (contentSent || (EMAIL_COMMANDS.includes(command) && concerned !== 'sender'));
	if (!refused) return { kind: 'later', reason };
	return { kind: 'refused', reason, address: command === 'RCPT TO' && concerned === 'address' };
}

/** An enhanced status code of a refusal (RFC 3463) within a server's words. It is not part of an IP address. */
const STATUS = /(?<![\d.])5\.\d{1,3}\.\d{1,3}(?!\.?\d)/;

/**
 * Whether a refusal is about the recipient's mailbox, by its enhanced status code: 5.1 or 5.2, but not 5.1.7 or 5.1.8
 * (sender), or 5.4.4 (no such domain). Exchange Online refuses unknown recipients with 5.4.1, by which other servers
 * refuse us as the sender.
 */
export const isAboutMailbox = (status: string, words: string): boolean =>
	/^5\.(1\.(?![78]$)|2\.|4\.4$)/.test(status) || (status === '5.4.1' && /recipient address rejected/i.test(words));

/** What a refusal before the content concerns: the recipient's address, our sender (so every e-mail), or this e-mail. */
function concernOf(code: number, reason: string): 'address' | 'sender' | 'email' {
	const words = reason.replace(/\S*@\S*/g, ' ');
	const [status] = STATUS.exec(words) ?? [];
	if (!status) return OF_SENDER.test(words) ? 'sender' : [550, 551, 553].includes(code) ? 'address' : 'email';
	// Postfix refuses a sender that it doesn't know with 5.1.0.
	if (/^5\.(7\.|1\.[78]$)/.test(status) || (status === '5.1.0' && /\bsender\b/i.test(words))) return 'sender';
	return isAboutMailbox(status, words) ? 'address' : 'email';
}

const hostOf = (from: string): string => /@([^\s@<>]+)>?$/.exec(from)?.[1] ?? 'localhost';
