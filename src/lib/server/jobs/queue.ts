import { sql } from 'drizzle-orm';
import { PgBoss, fromDrizzle, fromPglite } from 'pg-boss';
import { DAY_SECONDS, HOUR_SECONDS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { db, rowsOf, type Handle, type Tx } from '#lib/server/db/index.ts';
import { progressOf, storeProgress } from '#lib/server/db/job-progress.ts';
import { queueConnection } from '#lib/server/db/postgres-settings.ts';
import { log } from '#lib/server/log.ts';
import { ago, now } from '#lib/server/clock.ts';
import { JOB_NAMES, JOBS, RETRY_FOR_WEEKS, type JobName, type JobPayloads } from './jobs.ts';

// On globalThis, so that there is one queue per process even if the module is loaded several times.
const holder = globalThis as typeof globalThis & { spatulaBoss?: PgBoss };

/**
 * Different errors of the queue that are logged in a minute, each once. While the database is away, each queue fails
 * several times a second, and other lines of the log would be lost among these.
 */
const MOST_ERRORS = 20;

/** Creates the queue on the opened database. `working`: this process also runs maintenance and schedules. */
function createQueue(handle: Handle, working: boolean): PgBoss {
	const duty = { supervise: working, schedule: working };
	const boss =
		handle.kind === 'pglite'
			? new PgBoss({ db: fromPglite(handle.client), backend: 'pglite', ...duty })
			: new PgBoss({ ...queueConnection(handle), max: 4, application_name: 'spatula-jobs', ...duty });
	const loggedAt = new Map<string, Date>();
	boss.on('error', ({ message, name, code }: Error & { code?: string }) => {
		// An error without a message has the reasons of several connections.
		const error = message || code || name;
		for (const [other, at] of loggedAt) if (at <= ago(MINUTE_MS)) loggedAt.delete(other);
		if (loggedAt.has(error) || loggedAt.size >= MOST_ERRORS) return;
		loggedAt.set(error, now());
		log().error({ error }, 'the job queue reported an error');
	});
	return boss;
}

/** The settings of a job's queue. */
const queueSettings = (name: JobName) => ({
	retryLimit: 0,
	retryDelay: 0,
	retryBackoff: false,
	retryDelayMax: null,
	retentionSeconds: 14 * DAY_SECONDS,
	...JOBS[name].retry,
	expireInSeconds: JOBS[name].expires ?? 300,
	deleteAfterSeconds: HOUR_SECONDS
});
const QUEUE_SETTINGS = Object.keys(queueSettings('case-event')) as (keyof ReturnType<typeof queueSettings>)[];

/** Starts the queue: its tables, one queue per job name with its present settings and, if `working`, the schedules. */
export async function startQueue(handle: Handle, working: boolean): Promise<PgBoss> {
	const boss = createQueue(handle, working);
	await boss.start();
	const known = new Map((await boss.getQueues()).map((stored) => [stored.name, stored]));
	for (const name of JOB_NAMES) {
		const wanted = queueSettings(name);
		const stored = known.get(name);
		// The policy of an existing queue can't be changed.
		if (!stored) await boss.createQueue(name, { policy: JOBS[name].row ? 'short' : 'standard' });
		if (QUEUE_SETTINGS.some((key) => wanted[key] !== stored?.[key])) await boss.updateQueue(name, wanted);
	}
	if (working) await storeSchedules(boss);
	holder.spatulaBoss = boss;
	return boss;
}

/** Stores the schedules that changed, and removes those of jobs that no longer exist. */
async function storeSchedules(boss: PgBoss): Promise<void> {
	const stored = new Map((await boss.getSchedules()).map((schedule) => [schedule.name, schedule]));
	for (const name of JOB_NAMES) {
		const { cron, missed } = JOBS[name];
		const { cron: storedCron, options } = stored.get(name) ?? {};
		if (cron && (cron !== storedCron || missed !== options?.missed))
			await boss.schedule(name, cron, {}, missed && { missed });
	}
	for (const name of stored.keys()) if (!(JOB_NAMES as string[]).includes(name)) await boss.unschedule(name);
	// After a time when the machine's clock was ahead, the queue would run no schedule until that moment.
	await db().execute(sql`update pgboss.version set cron_on = null where cron_on > now()`);
}

export function queue(): PgBoss {
	if (!holder.spatulaBoss) throw new Error('the job queue is not started yet');
	return holder.spatulaBoss;
}

/** Stops fetching jobs. Until `stopQueue`, running ones go on, and the code that still runs can enqueue others. */
export async function stopFetching(): Promise<void> {
	const boss = holder.spatulaBoss;
	if (boss) await Promise.all(JOB_NAMES.map((name) => boss.offWork(name, { wait: false })));
}

/** Stops fetching jobs and waits up to `seconds` for running ones. */
export async function stopQueue(seconds = 20): Promise<void> {
	await holder.spatulaBoss?.stop({ graceful: true, timeout: seconds * 1000 });
	holder.spatulaBoss = undefined;
}

function keyOf<N extends JobName>(name: N, payload: JobPayloads[N]): { singletonKey?: string } {
	const singletonKey = JOBS[name].row?.(payload);
	return singletonKey === undefined ? {} : { singletonKey };
}

/**
 * Enqueues a job in the caller's transaction, so that it exists only if the transaction is committed. A higher
 * `priority` runs first.
 */
export async function enqueue<N extends JobName>(
	tx: Tx,
	name: N,
	payload: JobPayloads[N],
	options: { startAfter?: Date; priority?: number } = {}
): Promise<void> {
	await queue().send(name, payload, {
		...options,
		...keyOf(name, payload),
		db: fromDrizzle(tx as never, sql as never)
	});
}

/** Enqueues many jobs of a name in the caller's transaction with one statement. Higher `priority` runs first. */
export async function enqueueMany<N extends JobName>(
	tx: Tx,
	name: N,
	payloads: readonly JobPayloads[N][],
	{ priority = 0 }: { priority?: number } = {}
): Promise<void> {
	if (payloads.length === 0) return;
	const jobs = payloads.map((data) => ({ data, priority, ...keyOf(name, data) }));
	await queue().insert(name, jobs, { db: fromDrizzle(tx as never, sql as never) });
}

/** Retries (15 to 30 minutes) after which a job that is retried for weeks counts as failing. */
const FAILING_RETRIES = 5;

/** Number of jobs retried for weeks that keep failing, and when the oldest was enqueued; undefined without any. */
export async function failingJobs(): Promise<{ count: number; since: Date } | undefined> {
	const names = JOB_NAMES.filter((name) => JOBS[name].retry === RETRY_FOR_WEEKS);
	const [row] = await rowsOf<{ count: number; since: string | Date | null }>(
		db(),
		sql`select count(*)::int as count, min(created_on) as since from pgboss.job
			where name in ${names} and state in ('retry', 'active') and retry_count >= ${FAILING_RETRIES}`
	);
	return row?.since ? { count: row.count, since: new Date(row.since) } : undefined;
}

/** A job of every minute. Its completion shows that jobs run in some process. */
export const HEARTBEAT: JobName = 'mail-sweep';
export const HEARTBEAT_KEY = 'heartbeat';

export async function noteHeartbeat(): Promise<void> {
	await storeProgress(db(), HEARTBEAT_KEY, now());
}

/** When the heartbeat job last completed. null: never. */
export async function lastHeartbeat(): Promise<Date | null> {
	const at = (await progressOf(db(), [HEARTBEAT_KEY])).get(HEARTBEAT_KEY);
	return at === undefined ? null : new Date(String(at));
}
