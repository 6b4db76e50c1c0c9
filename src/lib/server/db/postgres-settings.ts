import type { ConnectionParameters } from 'postgres';
import type { Handle } from './index.ts';

/**
 * When PostgreSQL ends the session of a host that disappeared: after 60 s. `idle` and `interval` are seconds, `count`
 * is tries, and `tcp_user_timeout` is milliseconds. By default it keeps the session, with its locks, for two hours.
 */
export const KEEPALIVE = {
	tcp_keepalives_idle: 30,
	tcp_keepalives_interval: 10,
	tcp_keepalives_count: 3,
	tcp_user_timeout: 60_000
} satisfies Partial<ConnectionParameters>;

/** A transaction contains no wait, so one that is idle for this long has lost its process. It may hold locks. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** Settings of the sessions that serve requests. */
export const PAGE_SETTINGS = {
	...KEEPALIVE,
	/** How long a statement waits for a locked row. Otherwise requests for one row would hold all connections. */
	lock_timeout: 10_000,
	/** The slowest pages take a few seconds. A proxy gives up after one to three minutes and loses the typed text. */
	statement_timeout: 45_000,
	idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS
} satisfies Partial<ConnectionParameters>;

/** For jobs: the nightly check of all ratings may take longer than the limit for pages. */
export const JOB_SETTINGS = { ...PAGE_SETTINGS, statement_timeout: 0 };

/**
 * Writes settings as text. The driver leaves out a setting whose value is the number 0, so that the limit of the server
 * or of the role would apply.
 */
export const asText = (settings: Partial<ConnectionParameters>): Record<string, string> =>
	Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));

/** For backups and restores, whose transactions wait for files and may take hours. `lock_timeout` still applies. */
export const WITHOUT_TIME_LIMITS = { statement_timeout: 0, idle_in_transaction_session_timeout: 0 };

/**
 * Settings of the job queue's own connections. `query_timeout` ends a statement that gets no answer. It is long enough
 * to build an index of the queue at an upgrade.
 */
const QUEUE_POOL = {
	query_timeout: 5 * 60_000,
	keepAlive: true,
	options: Object.entries({
		...KEEPALIVE,
		statement_timeout: 0,
		// At the start, processes wait for the one that upgrades the tables of the queue.
		lock_timeout: 0,
		idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS
	})
		.map(([name, value]) => `-c ${name}=${value}`)
		.join(' ')
};

/**
 * Address and settings for the queue, which has another driver than all other connections. That driver reads
 * `sslmode=require` as `verify-full`, so it gets the decision of the first driver instead of the parameter.
 */
export function queueConnection({ url, client }: Extract<Handle, { kind: 'postgres' }>) {
	const address = new URL(url);
	address.searchParams.delete('sslmode');
	const { ssl } = client.options;
	return {
		...QUEUE_POOL,
		connectionString: address.href,
		ssl: ssl === 'require' ? { rejectUnauthorized: false } : Boolean(ssl)
	};
}
