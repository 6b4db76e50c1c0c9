import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';

export interface SmtpSettings {
	/** `smtp://` or `smtps://`, with user and password where the server wants them. */
	url: string;
	/** The sender as it stands in the letter: an address, or `Name <address>`. */
	from: string;
}

/** A letter as it goes out: plain text to one address. */
export interface Letter {
	/** Before the `@` of the Message-ID; the same for every try, so that a mailbox can tell a copy. */
	id: string;
	to: string;
	subject: string;
	text: string;
	date: Date;
	/** Where its reader stops such letters: also for the button that mail programs show of their own (RFC 8058). */
	stop?: string;
}

export type MailOutcome =
	| { outcome: 'sent' }
	/** Nothing was taken over and another try may succeed: no connection, a 4xx, a refused sign-in. */
	| { outcome: 'later'; reason: string }
	/** A 5xx about this letter: it will not be taken over. `address`: because nobody is reached there. */
	| { outcome: 'refused'; reason: string; address: boolean }
	/** Its content was on the way and no answer came: it may have been taken over. */
	| { outcome: 'unknown'; reason: string };

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
/** Limit of the whole exchange; shorter than the lease of an e-mail. */
export const SMTP_LIMIT_MS = 120_000;

/** The commands whose refusal is about the letter, not about the sender's standing with the server. */
const ABOUT_THE_LETTER: readonly (string | undefined)[] = ['MAIL FROM', 'RCPT TO', 'DATA'];

const ONE_CLICK = { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };

const EXCERPT = 300;

/**
 * Hands one letter to the mail server, over a connection of its own.
 *
 * @param beforeContent called once, after the server agreed to read the letter and before its first byte leaves; where
 *   it throws nothing is handed over. From then on a missing answer is `unknown`
 */
export async function sendLetter(
	{ url, from }: SmtpSettings,
	letter: Letter,
	beforeContent: () => Promise<void>
): Promise<MailOutcome> {
	let leaving = false;
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
		// Read only once the server has said that it listens, so the moment before the content leaves is known exactly.
		mail.message.createReadStream = () =>
			Readable.from(
				whenRead(write, beforeContent, () => (leaving = true)),
				{ objectMode: false }
			) as never;
		done();
	});
	try {
		await transport.sendMail({
			from,
			to: letter.to,
			subject: letter.subject,
			text: letter.text,
			date: letter.date,
			messageId: `<${letter.id}@${hostOf(from)}>`,
			headers: { 'Auto-Submitted': 'auto-generated', ...(letter.stop ? ONE_CLICK : {}) },
			...(letter.stop ? { list: { unsubscribe: letter.stop } } : {}),
			signal: AbortSignal.timeout(SMTP_LIMIT_MS)
		});
		return { outcome: 'sent' };
	} catch (error) {
		return outcomeOf(error as SmtpError, leaving);
	} finally {
		transport.close();
	}
}

async function* whenRead(write: () => Readable, beforeContent: () => Promise<void>, leave: () => void) {
	await beforeContent();
	leave();
	yield* write() as AsyncIterable<Buffer>;
}

/** What nodemailer says of a failure: the server's reply where there was one, and the command it answered. */
interface SmtpError extends Error {
	command?: string;
	response?: string;
	responseCode?: number;
}

function outcomeOf(error: SmtpError, leaving: boolean): MailOutcome {
	const { command, responseCode } = error;
	const reason = (error.response || error.message).replace(/\s+/g, ' ').trim().slice(0, EXCERPT);
	if (responseCode === undefined) return { outcome: leaving ? 'unknown' : 'later', reason };
	const refused = responseCode >= 500 && (leaving || ABOUT_THE_LETTER.includes(command));
	if (!refused) return { outcome: 'later', reason };
	return { outcome: 'refused', reason, address: command === 'RCPT TO' && isAboutTheAddress(responseCode, reason) };
}

/**
 * Whether the refusal is of the mailbox, by its enhanced code (RFC 3463: 5.1 address, 5.2 mailbox) or else by its plain
 * one: a server that relays nothing of ours, or dislikes us, says nothing about the reader.
 */
function isAboutTheAddress(code: number, reason: string): boolean {
	const enhanced = /\b5\.(\d{1,3})\.\d{1,3}\b/.exec(reason)?.[1];
	if (enhanced) return enhanced === '1' || enhanced === '2';
	return [550, 551, 553].includes(code) && !/relay/i.test(reason);
}

const hostOf = (from: string): string => /@([^\s@<>]+)>?$/.exec(from)?.[1] ?? 'localhost';
