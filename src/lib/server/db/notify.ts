import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { log } from '#lib/server/log.ts';
import { db, handle, noteReferenceChange, REFERENCE_CHANNEL, type Tx } from './index.ts';

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
export async function listen(noticeHandlers: NoticeHandlers, onReconnect: () => void): Promise<() => Promise<void>> {
	const opened = handle();
	const channels = Object.entries(noticeHandlers) as [NoticeChannel, (text: string) => void][];
	if (opened.kind === 'pglite') {
		const stops = await Promise.all(channels.map(([name, onNotice]) => opened.client.listen(name, onNotice)));
		return async () => void (await Promise.all(stops.map((stop) => stop())));
	}
	return listenOnPostgres(opened.url, channels, onReconnect);
}

/** How often a listener notifies itself to check its connection, which can fail silently. */
const PULSE_MS = 20_000;

let isListening = false;

/** Whether this process hears of changes that other processes commit. */
export const hearsOthers = (): boolean => handle().kind === 'pglite' || isListening;

function listenOnPostgres(
	url: string,
	channels: readonly [NoticeChannel, (text: string) => void][],
	onReconnect: () => void
): Promise<() => Promise<void>> {
	const self = crypto.randomUUID();
	let sentAt = performance.now();
	let receivedAt = sentAt;
	let client = open();

	function open() {
		const connection = { application_name: 'spatula-listen' };
		return postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, connection });
	}
	async function begin(isReconnect: boolean): Promise<void> {
		let first = !isReconnect;
		// A change that was committed before the first connection, or between two, was not heard.
		await client.listen(REFERENCE_CHANNEL, noteReferenceChange, () => noteReferenceChange());
		isListening = true;
		await client.listen('spatula_pulse', (text) => text === self && (receivedAt = performance.now()));
		// The driver calls this after each (re)connection. When the last channel listens, all of them do.
		for (const [index, [name, onNotice]] of channels.entries()) {
			const last = index === channels.length - 1;
			await client.listen(name, onNotice, () => {
				if (last && !first) onReconnect();
				if (last) first = false;
			});
		}
	}
	async function pulse(): Promise<void> {
		if (receivedAt < sentAt) {
			log().warn('nothing is heard from the database: listening anew');
			await client.end({ timeout: 1 }).catch(() => {});
			client = open();
			await begin(true);
		}
		sentAt = performance.now();
		await notify(undefined, 'spatula_pulse', self);
	}
	const pulseAndLog = () => void pulse().catch((error: Error) => log().warn({ error: error.message }, 'listening'));
	return begin(false).then(() => {
		const pulsing = setInterval(pulseAndLog, PULSE_MS);
		return async () => {
			clearInterval(pulsing);
			isListening = false;
			await client.end({ timeout: 1 });
		};
	});
}
