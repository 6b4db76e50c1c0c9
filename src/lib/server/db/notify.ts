import postgres from 'postgres';
import { sql } from 'drizzle-orm';
import { log } from '#lib/server/log.ts';
import { db, handle, type Tx } from './index.ts';

/** What processes on one database tell each other. A notice carries names of rows, never what stands in them. */
export type NoticeChannel = 'spatula_case' | 'spatula_presence' | 'spatula_access' | 'spatula_pulse';

/** Tells every process that listens, this one too, when the transaction commits; without one, at once. */
export async function notify(tx: Tx | undefined, channel: NoticeChannel, text: string): Promise<void> {
	await (tx ?? db()).execute(sql`select pg_notify(${channel}, ${text})`);
}

export type Hearers = Partial<Record<NoticeChannel, (text: string) => void>>;

/**
 * Listens until the returned function is called. On PostgreSQL by a connection of its own, which opens itself again when
 * it breaks; notices given meanwhile are lost, so `restored` is called each time, for whoever has to look again.
 */
export async function listen(hearers: Hearers, restored: () => void): Promise<() => Promise<void>> {
	const opened = handle();
	const channels = Object.entries(hearers) as [NoticeChannel, (text: string) => void][];
	if (opened.kind === 'pglite') {
		const silence = await Promise.all(channels.map(([name, hear]) => opened.client.listen(name, hear)));
		return async () => void (await Promise.all(silence.map((stop) => stop())));
	}
	return listenOnPostgres(opened.url, channels, restored);
}

/** How often a listener notifies itself to check its connection, which can fail silently. */
const PULSE_MS = 20_000;

function listenOnPostgres(
	url: string,
	channels: readonly [NoticeChannel, (text: string) => void][],
	restored: () => void
): Promise<() => Promise<void>> {
	const self = crypto.randomUUID();
	let said = performance.now();
	let heard = said;
	let client = open();

	function open() {
		const connection = { application_name: 'spatula-listen' };
		return postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10, connection });
	}
	async function begin(again: boolean): Promise<void> {
		let first = !again;
		await client.listen('spatula_pulse', (text) => text === self && (heard = performance.now()));
		// The last of them: when it listens, all do. It says so again each time the line was opened again.
		for (const [index, [name, hear]] of channels.entries()) {
			const last = index === channels.length - 1;
			await client.listen(name, hear, () => {
				if (last && !first) restored();
				if (last) first = false;
			});
		}
	}
	async function pulse(): Promise<void> {
		if (heard < said) {
			log().warn('nothing is heard from the database: listening anew');
			await client.end({ timeout: 1 }).catch(() => {});
			client = open();
			await begin(true);
		}
		said = performance.now();
		await notify(undefined, 'spatula_pulse', self);
	}
	const quietly = () => void pulse().catch((error: Error) => log().warn({ error: error.message }, 'listening'));
	return begin(false).then(() => {
		const beating = setInterval(quietly, PULSE_MS);
		return async () => {
			clearInterval(beating);
			await client.end({ timeout: 1 });
		};
	});
}
