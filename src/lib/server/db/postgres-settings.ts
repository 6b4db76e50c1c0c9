import type { ConnectionParameters } from 'postgres';

/**
 * Seconds and tries after which PostgreSQL gives up a process whose host vanished without a word. By default it takes two
 * hours, and as long it keeps what that process had locked.
 */
export const KEEPALIVE = {
	tcp_keepalives_idle: 30,
	tcp_keepalives_interval: 10,
	tcp_keepalives_count: 3,
	tcp_user_timeout: 60_000
} satisfies Partial<ConnectionParameters>;

/** A transaction contains no wait, so one that is idle for this long has lost its process. It can hold an office's numbers. */
const IDLE_IN_TRANSACTION_MS = 60_000;

/** Settings of the sessions that serve requests. */
export const SESSION = {
	...KEEPALIVE,
	// Plans are made with the values of a statement, because it depends on them which index serves it.
	plan_cache_mode: 'force_custom_plan',
	/** How long a statement waits for a row that another session has locked: otherwise such requests hold all connections. */
	lock_timeout: 10_000,
	/** The slowest pages take some seconds. Proxies give up after one to three minutes, and the typed text would be lost. */
	statement_timeout: 45_000,
	idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS
} satisfies Partial<ConnectionParameters>;

/** For jobs: a nightly check of all ratings takes as long as it takes. */
export const JOB_SESSION = { ...SESSION, statement_timeout: 0 };

/** For backups and restores, whose transactions also wait for files and take hours. */
export const UNLIMITED = { statement_timeout: 0, idle_in_transaction_session_timeout: 0 };

/**
 * Settings of the job queue's own connections. The driver gives up a statement whose answer does not arrive; the longest
 * ones build an index of the queue at an upgrade.
 */
export const QUEUE_POOL = {
	query_timeout: 5 * 60_000,
	keepAlive: true,
	options: Object.entries({ ...KEEPALIVE, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS })
		.map(([name, value]) => `-c ${name}=${value}`)
		.join(' ')
};
