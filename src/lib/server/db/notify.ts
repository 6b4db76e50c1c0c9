import { setImmediate, setTimeout } from 'node:timers/promises';
import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { log } from '#lib/server/log.ts';
import { db, handle, noteReferenceChange, REFERENCE_CHANNEL, type Handle, type Tx } from './index.ts';
import { KEEPALIVE } from './postgres-settings.ts';

/**
 * Channels on which processes of one database notify each other. A notice carries ids of rows, never their contents.
 */
export type NoticeChannel = 'spatula_case' | 'spatula_presence' | 'spatula_access' | 'spatula_pulse';

/**
 * Notifies every listening process, including this one, when the transaction commits. Without a transaction it notifies
 * immediately.
 */
export async function notify(tx: Tx | undefined, channel: NoticeChannel, text: string): Promise<void> {
	await (tx ?? db()).execute(sql`select pg_notify(${channel}, ${text})`);
}

export type NoticeHandlers = Partial<Record<NoticeChannel, (text: string) => void>>;

/**
 * Listens until the returned function is called. On PostgreSQL it has its own connection, which is opened again after a
 * failure. Notices sent meanwhile are lost, so each time it calls `onReconnect`, and the caller reads the present state
 * again.
 */
export async function listen(
	noticeHandlers: NoticeHandlers,
	onReconnect: () => void,
	{ pulseMs = PULSE_MS, silentMs = ANSWER_TIMEOUT_MS } = {}
): Promise<() => Promise<void>> {
	const opened = handle();
	if (opened.kind === 'postgres') return listenOnPostgres(opened, noticeHandlers, onReconnect, { pulseMs, silentMs });
	const channels = Object.entries(noticeHandlers) as [NoticeChannel, (text: string) => void][];
	const stops = await Promise.all(channels.map(([name, onNotice]) => opened.client.listen(name, onNotice)));
	return async () => void (await Promise.all(stops.map((stop) => stop())));
}

/** How often a listener notifies itself to check its connection, which can fail silently. */
const PULSE_MS = 5000;
/**
 * After this long without an answer the database counts as lost. Otherwise the operating system would go on sending the
 * statements of all requests for fifteen minutes, and no request could be answered.
 */
const ANSWER_TIMEOUT_MS = 10_000;
/** Milliseconds between two attempts to open a lost connection again. */
const REOPEN_MS = 500;

let isListening = false;

/** Whether this process receives the changes that other processes commit. */
export const receivesChanges = (): boolean => handle().kind === 'pglite' || isListening;

async function listenOnPostgres(
	{ url, reconnect }: Extract<Handle, { kind: 'postgres' }>,
	noticeHandlers: NoticeHandlers,
	onReconnect: () => void,
	{ pulseMs, silentMs }: { pulseMs: number; silentMs: number }
): Promise<() => Promise<void>> {
	const self = crypto.randomUUID();
	let hasPulse = true;
	/** When the last pulse was sent, or could not be. Infinity: it waits for a free connection. */
	let pulseSentAt = 0;
	const handlers: Record<string, (text: string) => void> = {
		...noticeHandlers,
		[REFERENCE_CHANNEL]: noteReferenceChange,
		spatula_pulse: (text) => text === self && (hasPulse = true)
	};
	const listenToAll = Object.keys(handlers).map((channel) => `listen ${channel}`);

	async function open() {
		const { promise: closed, resolve: close } = Promise.withResolvers<void>();
		// Without the driver's `listen`, which does not say that it lost its connection.
		const options = {
			max: 1,
			max_lifetime: null,
			connect_timeout: 10,
			fetch_types: false,
			onnotice: () => {},
			connection: { application_name: 'spatula-listen', ...KEEPALIVE },
			onnotify: (channel: string, text: string) => handlers[channel]?.(text),
			onclose: () => close()
		};
		const client = postgres(url, options);
		const end = () => client.end({ timeout: 1 }).catch(() => {});
		try {
			await client.unsafe(listenToAll.join(';'));
		} catch (error) {
			await end();
			throw error;
		}
		hasPulse = true;
		isListening = true;
		// Changes committed before this moment were missed.
		noteReferenceChange();
		// Nothing else runs on this connection, so a reachable database answers at once. An error is an answer too.
		const answer = () =>
			client
				.unsafe('select 1')
				.then(() => true)
				.catch(() => true);
		const isSilent = async () => !(await Promise.race([answer(), setTimeout(silentMs, false, { ref: false })]));
		return { closed, close, end, isSilent };
	}

	let connection = await open();
	let isStopping = false;
	async function keepOpen(): Promise<void> {
		for (;;) {
			await connection.closed;
			isListening = false;
			await connection.end();
			if (!isStopping) log().warn('the connection that listens to the database was lost: opening it again');
			while (!isStopping) {
				const opened = await open().catch(() => undefined);
				if (opened) {
					connection = opened;
					break;
				}
				await setTimeout(REOPEN_MS);
			}
			if (isStopping) return connection.end();
			onReconnect();
		}
	}
	let isChecking = false;
	async function pulse(): Promise<void> {
		// If this process was busy, it first reads the notifications that have arrived.
		await setImmediate();
		if (hasPulse) {
			hasPulse = false;
			pulseSentAt = Infinity;
			await notify(undefined, 'spatula_pulse', self).finally(() => (pulseSentAt = performance.now()));
		} else if (performance.now() - pulseSentAt > pulseMs / 2) {
			// The database took the pulse, so only this connection is broken.
			connection.close();
		} else if (pulseSentAt === Infinity && !isChecking) {
			isChecking = true;
			// Otherwise the pages' connections are all in use, and the pulse waits for one.
			if (await connection.isSilent()) {
				log().error('the database does not answer: giving up all connections to it');
				reconnect();
				connection.close();
			}
			isChecking = false;
		}
	}
	void keepOpen();
	const pulsing = setInterval(
		() =>
			void pulse().catch((error: Error) =>
				log().warn({ error: error.message }, 'a check of the listening connection failed')
			),
		pulseMs
	);
	return () => {
		isStopping = true;
		clearInterval(pulsing);
		connection.close();
		return connection.end();
	};
}
