import { setTimeout as wait } from 'node:timers/promises';
import { and, eq, isNull, lte, or } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { MailboxError, openInbox, type Inbox } from '#lib/server/integrations/mail/imap.ts';
import { log } from '#lib/server/log.ts';
import { activeMailboxes, noteFailed, type ConnectionRow } from '../connections/connections.ts';
import { mailboxAccess } from './mailbox.ts';
import { LeaseLost, readNewMail } from './read-new-mail.ts';
import { isDiskFull } from './process-mail.ts';

/** How soon a connection that was added, changed, paused or removed is noticed. */
const LOOK_MS = 3_000;
/** Longer than one wait for mail. If a message takes longer, another process may take over; it finds the stored row. */
const LEASE_MS = 1.5 * MINUTE_MS;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;
/** Milliseconds that a stopping reader waits for its mail server before it closes the connection. */
const GRACE_MS = 5_000;

interface MailboxReader {
	/** The settings with which the reader was started. */
	key: string;
	stop: AbortController;
	ended: Promise<void>;
}

const keyOf = ({ address, settings, secretsSealed, dedicated }: ConnectionRow) =>
	JSON.stringify([address, settings, secretsSealed, dedicated]);

/** Names this process in the lease of a mailbox. */
const readerId = crypto.randomUUID();
const readers = new Map<string, MailboxReader>();
let stopping: AbortController | undefined;
let watching: Promise<void> = Promise.resolve();

/** Reads the mailbox of each active connection in this process, until `stopReaders`. */
export function startReaders({ lookMs = LOOK_MS, pollMs = MINUTE_MS, graceMs = GRACE_MS } = {}): void {
	const stop = (stopping = new AbortController());
	watching = (async () => {
		while (!stop.signal.aborted) {
			await adjustReaders({ pollMs, graceMs }).catch((error: unknown) =>
				log().error({ err: error }, 'the list of mailboxes could not be read')
			);
			await wait(lookMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
		}
	})();
}

/** Ends all readers after the message on which they work. One whose server does not answer ends after `GRACE_MS`. */
export async function stopReaders(): Promise<void> {
	stopping?.abort();
	for (const { stop } of readers.values()) stop.abort();
	await watching;
	await Promise.all([...readers.values()].map(({ ended }) => ended));
}

interface Times {
	pollMs: number;
	graceMs: number;
}

async function adjustReaders(times: Times): Promise<void> {
	const active = await activeMailboxes();
	for (const [id, reader] of readers) {
		const connection = active.find((one) => one.id === id);
		// A later look starts the new reader, after the old one has ended. Other mailboxes don't wait for it.
		if (!connection || keyOf(connection) !== reader.key) reader.stop.abort();
	}
	for (const connection of active) {
		if (readers.has(connection.id) || stopping?.signal.aborted) continue;
		const stop = new AbortController();
		const ended = keepReading(connection, stop.signal, times).finally(() => readers.delete(connection.id));
		readers.set(connection.id, { key: keyOf(connection), stop, ended });
	}
}

/** Reads one mailbox until it is stopped. After an error it waits, each time longer. */
async function keepReading(connection: ConnectionRow, signal: AbortSignal, { pollMs, graceMs }: Times): Promise<void> {
	let pause = FIRST_PAUSE_MS;
	const closing = new AbortController();
	const close = () => closing.abort();
	signal.addEventListener('abort', () => setTimeout(close, graceMs).unref(), { once: true });
	const onWorked = () => (pause = FIRST_PAUSE_MS);
	const isStopped = () => signal.aborted;
	while (!isStopped()) {
		try {
			if (await lease(connection)) {
				const inbox = await openInbox(await mailboxAccess(connection), pollMs, closing.signal);
				await readMailbox(connection, inbox, signal, onWorked);
			}
		} catch (error) {
			// A reader that stops may have closed the connection itself.
			if (!(error instanceof LeaseLost) && !isStopped()) await noteFailure(connection, error);
		}
		// Waits longer each time, so that a mail server does not lock the mailbox after several refused passwords.
		await wait(pause, undefined, { signal, ref: false }).catch(() => undefined);
		pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
	}
	await release(connection).catch(() => undefined);
}

async function readMailbox(connection: ConnectionRow, inbox: Inbox, signal: AbortSignal, onWorked: () => void) {
	try {
		const keepLease = async () => {
			if (!(await lease(connection))) throw new LeaseLost(connection.id);
		};
		const isStopped = () => signal.aborted;
		while (!isStopped()) {
			await readNewMail({ connection, readerId, inbox, signal, keepLease });
			onWorked();
			if (!isStopped()) await inbox.waitForMail(signal);
		}
	} finally {
		await inbox.close();
	}
}

async function noteFailure({ id }: ConnectionRow, error: unknown): Promise<void> {
	const word = error instanceof MailboxError ? error.fault : isDiskFull(error) ? 'no_room' : 'other';
	if (word === 'other') log().error({ connection: id, err: error }, 'reading a mailbox failed');
	await noteFailed(id, word).catch(() => undefined);
}

/** Takes or renews the lease of the mailbox. Returns false while another process has it. */
async function lease({ id }: ConnectionRow): Promise<boolean> {
	const free = or(isNull(connections.readUntil), lte(connections.readUntil, now()), eq(connections.readBy, readerId));
	const taken = await db()
		.update(connections)
		.set({ readBy: readerId, readUntil: fromNow(LEASE_MS) })
		.where(and(eq(connections.id, id), isNull(connections.removedAt), free))
		.returning({ id: connections.id });
	return taken.length > 0;
}

async function release({ id }: ConnectionRow): Promise<void> {
	await db()
		.update(connections)
		.set({ readUntil: null })
		.where(and(eq(connections.id, id), eq(connections.readBy, readerId)));
}
