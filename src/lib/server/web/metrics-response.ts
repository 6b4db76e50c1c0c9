import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import { latestBackup } from '#lib/server/backup/list.ts';
import { connectionFigures } from '#lib/server/channels/connections/figures.ts';
import { now, pause } from '#lib/server/clock.ts';
import { circuitFigures, stateFigures, type CircuitStanding } from '#lib/server/escalation/list.ts';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import {
	CLOCKS_COUNTED,
	caseFigures,
	clockFigures,
	mailFigures,
	queueFigures,
	storageFigures
} from '#lib/server/health/figures.ts';
import { isWritable } from '#lib/server/health/readiness.ts';
import { lastHeartbeat } from '#lib/server/jobs/queue.ts';
import { registry as counted } from '#lib/server/process-metrics.ts';

/** Gauges read from machine and database; counters of the process are separate. */
const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'spatula_' });

/** Cached, because no alarm depends on the last half minute. */
const SLOW_FRESH_MS = 30_000;
const FORWARDS_FRESH_MS = 5_000;

/** Caches the result of a query for `ms` milliseconds. Callers during the query wait for the same result. */
function cachedFor<T>(ms: number, query: () => Promise<T>): () => Promise<T> {
	let cached: { until: number; result: Promise<T> } | undefined;
	return () => {
		const at = now().getTime();
		if (cached && cached.until > at) return cached.result;
		const result = query();
		cached = { until: at + ms, result };
		// After a failure, the next caller repeats the query.
		result.catch(() => {
			if (cached?.result === result) cached = undefined;
		});
		return result;
	};
}

const cases = cachedFor(SLOW_FRESH_MS, caseFigures);
const clocks = cachedFor(SLOW_FRESH_MS, clockFigures);
const mails = cachedFor(FORWARDS_FRESH_MS, mailFigures);
const queues = cachedFor(SLOW_FRESH_MS, queueFigures);
const storage = cachedFor(SLOW_FRESH_MS, storageFigures);
const backup = cachedFor(SLOW_FRESH_MS, latestBackup);
const forwards = cachedFor(FORWARDS_FRESH_MS, stateFigures);
const channels = cachedFor(SLOW_FRESH_MS, connectionFigures);
const circuits = cachedFor(FORWARDS_FRESH_MS, circuitFigures);

/** A crashed embedded database never responds. Longer than a query of a busy one. */
const READ_TIMEOUT_MS = 5000;

const CIRCUIT_VALUES: Record<CircuitStanding, number> = { closed: 0, open: 1, halted: 2 };

/** Seconds since a moment, or until it if the clock was wrong; `never` if there was none. */
const secondsSince = (at: Date | null | undefined, never: number) =>
	at ? Math.abs(now().getTime() - at.getTime()) / 1000 : never;

/** The lines of a gauge. Each has the values of the labels in order, and the figure. */
type Lines = readonly (readonly [...labels: string[], value: number])[];

/** A gauge that is read when metrics are collected. @param silent its lines if the database does not answer */
function gauge(name: string, labelNames: string[], help: string, read: () => Promise<Lines>, silent: Lines = []): void {
	new Gauge({
		name: `spatula_${name}`,
		help,
		labelNames,
		registers: [registry],
		async collect() {
			// Without the database, the figures of the process are still read.
			const ended = new AbortController();
			const lines = await Promise.race([pause(READ_TIMEOUT_MS, ended.signal).then(() => silent), read()])
				.catch((cause: unknown) => {
					if (!isDatabaseUnavailable(cause)) throw cause;
					return silent;
				})
				.finally(() => ended.abort());
			// Otherwise a line that is gone would keep its last figure.
			this.reset();
			for (const line of lines)
				this.set(Object.fromEntries(labelNames.map((label, index) => [label, line[index]])), Number(line.at(-1)));
		}
	});
}

gauge(
	'database_up',
	[],
	'Whether the database answers and can be written to; without it, other figures of the database have no line',
	async () => [[(await isWritable()) ? 1 : 0]],
	[[0]]
);
gauge('cases', ['status'], 'Cases by status; ended: closed, archived and destroyed ones together', async () =>
	Object.entries(await cases())
);
gauge(
	'clocks',
	['state'],
	`Running deadlines of offices, those whose warning time has come and those overdue, each counted up to ${CLOCKS_COUNTED}`,
	async () => Object.entries(await clocks())
);
gauge(
	'queue_jobs',
	['job', 'state'],
	'Jobs in the queue by name and state, as the queue counted them within the last minute; failed ones for an hour',
	async () => (await queues()).map(({ job, state, n }) => [job, state, n])
);
gauge('escalations', ['state'], 'Forwards to LAPOR by state', async () =>
	(await forwards()).map(({ state, count }) => [state, count])
);
gauge(
	'escalation_oldest_seconds',
	['state'],
	'Seconds since the oldest forward in a state entered it; 0 if there is none',
	async () =>
		(await forwards())
			.filter(({ state }) => state !== 'closed')
			.map(({ state, oldest }) => [state, secondsSince(oldest, 0)])
);
gauge(
	'escalation_next_attempt_seconds',
	['state'],
	'Seconds until the next attempt to send a forward in a state; below 0 if it is late; no line if none is planned',
	async () =>
		(await forwards()).flatMap(({ state, next }) =>
			next ? [[state, (next.getTime() - now().getTime()) / 1000] as const] : []
		)
);
gauge('escalation_reasons', ['state', 'reason'], 'Forwards to LAPOR by state and the reason for it', async () =>
	(await forwards()).flatMap(({ state, reasons }) =>
		reasons.map(({ reason, count }) => [state, reason, count] as const)
	)
);
gauge(
	'lapor_circuit',
	['endpoint'],
	'Calls to an endpoint of LAPOR: 0 made, 1 paused for a while after failures, 2 stopped until an administrator acts',
	async () => (await circuits()).map(({ endpoint, standing }) => [endpoint, CIRCUIT_VALUES[standing]])
);
gauge('lapor_halted', [], 'Whether the connection to LAPOR is stopped until an administrator acts', async () => [
	[(await circuits()).some(({ standing }) => standing === 'halted') ? 1 : 0]
]);
gauge(
	'mails',
	['state'],
	'E-mails by state: waiting, being sent, and failed or of unknown outcome without a decision',
	async () => Object.entries(await mails())
);
gauge(
	'channel_up',
	['office', 'channel'],
	'Connections of offices: 1 works, 0 failed at the last try or was not tried yet, -1 paused by an administrator',
	async () =>
		(await channels()).map(({ office, channel, pausedAt, lastError, checkedAt }) => [
			office,
			channel,
			pausedAt ? -1 : lastError || !checkedAt ? 0 : 1
		])
);
gauge(
	'channel_oldest_seconds',
	['office', 'channel'],
	'Seconds since the oldest unprocessed message of a connection arrived; 0 if there is none',
	async () => (await channels()).map(({ office, channel, oldest }) => [office, channel, secondsSince(oldest, 0)])
);
gauge(
	'channel_unknown_messages',
	['office', 'channel'],
	'Messages that failed or may not have been sent, without a decision, by connection',
	async () => (await channels()).map(({ office, channel, unknown }) => [office, channel, unknown])
);
gauge('storage_bytes', ['of'], 'Bytes of the disk under DATA_DIR, free and in all, and of the database', async () =>
	Object.entries(await storage())
);
gauge(
	'jobs_heartbeat_seconds',
	[],
	'Seconds since the last heartbeat of jobs in any process; -1 if there was none',
	async () => [[secondsSince(await lastHeartbeat(), -1)]]
);
gauge(
	'backup_age_seconds',
	[],
	'Age of the newest backup that was read back to its end; -1 if there is none',
	async () => [[secondsSince(await backup(), -1)]]
);

/** The figures in Prometheus' text form. */
export async function metricsText(): Promise<{ body: string; type: string }> {
	const all = Registry.merge([registry, counted]);
	return { body: await all.metrics(), type: all.contentType };
}
