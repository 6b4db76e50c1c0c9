import { once } from 'node:events';
import type { ImapFlow } from 'imapflow';
import { isChannelHost, lookupForChannel } from '../allowed-addresses.ts';

/** How an office's mailbox is reached. `tls`: from the first byte; `starttls`: upgraded before the password is sent. */
export interface MailboxAccess {
	host: string;
	port: number;
	security: 'tls' | 'starttls' | 'none';
	user: string;
	password: string;
}

/**
 * Why a mailbox can't be read: no such host · connection refused · no answer · no TLS · certificate not trusted · name
 * or password refused · no IMAP server · no INBOX · the connection broke.
 */
export type MailboxFault =
	'host' | 'refused' | 'timeout' | 'tls' | 'certificate' | 'password' | 'protocol' | 'inbox' | 'lost';

/** Contains one word only: a server's own answer could tell an administrator about other machines of the network. */
export class MailboxError extends Error {
	override name = 'MailboxError';
	readonly fault: MailboxFault;
	constructor(fault: MailboxFault, cause?: unknown) {
		super(fault, { cause });
		this.fault = fault;
	}
}

export interface InboxEntry {
	uid: number;
	bytes: number;
	/** When the server took the message in. */
	arrivedAt: Date;
}

const CONNECT_MS = 15_000;
/** Longer than the pause between two looks, so that an idle connection lives. */
const SILENCE_MS = 150_000;
const IDLE_AFTER_MS = 500;
const LOGOUT_MS = 2_000;
/** Larger messages are not read. An answer of the server may be 1 MiB larger than its message. */
export const MAX_MESSAGE_BYTES = 25 * 1024 * 1024;
const MAX_ANSWER_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024;
const MAX_HEADER_BYTES = 256 * 1024;

/** An open INBOX, opened read-only: nothing in it is moved, deleted or marked as read. */
export type Inbox = Awaited<ReturnType<typeof openInbox>>;

/**
 * Signs in and opens the INBOX.
 * @param pollMs how long a wait for mail lasts at most; a server that offers IDLE tells of new mail at once
 * @param closing closes the connection when it aborts, even while a command waits for the server
 * @throws MailboxError
 */
export async function openInbox(
	{ host, port, security, user, password }: MailboxAccess,
	pollMs = 60_000,
	closing?: AbortSignal
) {
	if (!isChannelHost(host)) throw new MailboxError('refused');
	// Loaded only here, because many sites read no mailbox.
	const { ImapFlow } = await import('imapflow');
	const client = new ImapFlow({
		host,
		port,
		secure: security === 'tls',
		...(security === 'tls' ? {} : { doSTARTTLS: security === 'starttls' }),
		// Also for connections without TLS.
		tls: { lookup: lookupForChannel },
		auth: { user, pass: password },
		logger: false,
		connectionTimeout: CONNECT_MS,
		greetingTimeout: CONNECT_MS,
		socketTimeout: SILENCE_MS,
		autoIdleDelay: IDLE_AFTER_MS,
		maxIdleTime: pollMs,
		disableCompression: true,
		maxLiteralSize: MAX_ANSWER_BYTES,
		maxResponseSize: MAX_ANSWER_BYTES * 2,
		idHashAlgorithm: 'sha256'
	});
	// Without a listener a broken connection would end the process.
	client.on('error', () => {});
	const closeNow = () => client.close();
	closing?.addEventListener('abort', closeNow);
	client.once('close', () => closing?.removeEventListener('abort', closeNow));
	const ask = async <T>(work: () => Promise<T>): Promise<T> => {
		try {
			return await work();
		} catch (cause) {
			throw new MailboxError(faultOf(cause), cause);
		}
	};
	try {
		await ask(() => client.connect());
	} catch (error) {
		client.close();
		throw error;
	}
	const box = await client.mailboxOpen('INBOX', { readOnly: true }).catch((cause: unknown) => {
		// The server refused the INBOX. `close` ends the connection, so this is read first.
		const isRefused = client.usable;
		client.close();
		throw new MailboxError(isRefused ? 'inbox' : faultOf(cause), cause);
	});
	return {
		uidValidity: String(box.uidValidity),

		/** The lowest UID that the next message can get. Some servers don't return it when the INBOX is opened. */
		nextUid: (): Promise<number> =>
			ask(async () => {
				if (box.uidNext) return box.uidNext;
				const newest = await client.fetchOne('*', { uid: true });
				return newest ? newest.uid + 1 : 1;
			}),

		/** Messages with a higher UID, in their order. */
		entriesAfter: (uid: number): Promise<InboxEntry[]> =>
			ask(async () => {
				const found = await client.fetchAll(
					`${uid + 1}:*`,
					{ uid: true, size: true, internalDate: true },
					{ uid: true }
				);
				return (
					found
						// `N:*` names the last message even if its UID is lower.
						.filter((one) => one.uid > uid)
						.map((one) => ({ uid: one.uid, bytes: one.size ?? 0, arrivedAt: new Date(one.internalDate ?? 0) }))
						.sort((a, b) => a.uid - b.uid)
				);
			}),

		/** The message or its headers alone, without marking it as read. Undefined if it is not in the mailbox any more. */
		read: (uid: number, part: 'source' | 'headers'): Promise<Buffer | undefined> =>
			ask(async () => {
				const found = await client.fetchOne(String(uid), { [part]: true }, { uid: true });
				return found ? (part === 'source' ? found.source : found.headers?.subarray(0, MAX_HEADER_BYTES)) : undefined;
			}),

		/** The UID of a message that moved with its mailbox to another server. */
		find: async (messageId: string): Promise<number | undefined> => {
			const found = await ask(() => client.search({ header: { 'message-id': messageId } }, { uid: true }));
			// The library returns no list if the connection broke or the server refuses: the message may be there.
			if (!client.usable) throw new MailboxError('lost');
			if (!Array.isArray(found)) throw new MailboxError('protocol');
			return found[0];
		},

		/** Waits until there may be new mail. @throws MailboxError `lost` if the connection broke */
		waitForMail: async (signal: AbortSignal): Promise<void> => {
			const woken = AbortSignal.any([signal, AbortSignal.timeout(pollMs)]);
			const ended = new AbortController();
			const until = AbortSignal.any([woken, ended.signal]);
			const closed = once(client, 'close', { signal: until }).then(() => 'close');
			const exists = once(client, 'exists', { signal: until });
			const first = await Promise.race([closed, exists]).catch(() => undefined);
			ended.abort();
			await Promise.allSettled([closed, exists]);
			if (!signal.aborted && (first === 'close' || !client.usable)) throw new MailboxError('lost');
		},

		close: (): Promise<void> => close(client)
	};
}

async function close(client: ImapFlow): Promise<void> {
	const timeout = AbortSignal.timeout(LOGOUT_MS);
	await Promise.race([client.logout(), once(timeout, 'abort')]).catch(() => undefined);
	client.close();
}

interface ImapError extends Error {
	code?: string;
	authenticationFailed?: boolean;
	tlsFailed?: boolean;
}

const BY_CODE: readonly (readonly [RegExp, MailboxFault])[] = [
	[/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, 'certificate'],
	[/^(ENOTFOUND|EAI_AGAIN)$/, 'host'],
	[/^(ENOTALLOWED|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH)$/, 'refused'],
	[/^ECONNRESET$/, 'lost'],
	[/^(CONNECT_TIMEOUT|ETIMEDOUT|ETIMEOUT)$/, 'timeout'],
	[/^(UPGRADE_TIMEOUT|STARTTLS_INJECTION|MissingServerExtension|EPROTO|ERR_SSL.*|ERR_TLS.*)$/, 'tls'],
	[/^(GREETING_TIMEOUT|ClosedAfterConnectTLS|ClosedAfterConnectText|InvalidResponse)$/, 'protocol']
];

function faultOf(cause: unknown): MailboxFault {
	const { code = '', authenticationFailed, tlsFailed, cause: inner } = cause as ImapError;
	if (authenticationFailed) return 'password';
	const [, known] = BY_CODE.find(([codes]) => codes.test(code)) ?? [];
	if (known) return known;
	if (tlsFailed) return 'tls';
	if (code.startsWith('ParserError')) return 'protocol';
	return inner ? faultOf(inner) : 'lost';
}
