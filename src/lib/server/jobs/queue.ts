import { sql } from 'drizzle-orm';
import { PgBoss, fromDrizzle, fromPglite } from 'pg-boss';
import { db, type Handle, type Tx } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { now } from '#lib/server/clock.ts';
import { readSetting, storeSetting } from '#lib/server/db/settings.ts';

/** Every job and its payload. A job without a handler does not compile (`worker.ts`). */
export interface JobPayloads {
	/** A timeline entry was written: notices, invitations and follow-ups start here. */
	'case-event': { caseId: number; seq: number };
	/** One attempt to send an escalation to LAPOR. */
	'escalation-deliver': { escalationId: string };
	/** One poll of an escalation at LAPOR. */
	'escalation-receive': { escalationId: string };
	/** Each minute: enqueues deliveries, look-ups and polls that are due and have no job. */
	'escalation-sweep': { until?: string };
	/** Each minute: refreshes LAPOR's lists if due; separate from the sweep, which must not wait for a slow answer. */
	'lapor-masters': Record<string, never>;
	/** Each minute: ends reporters' turns and sends their reminders. */
	'case-sweep': Record<string, never>;
	/** The numbered attempt to send an e-mail. */
	'mail-deliver': { mailId: string; attempt: number };
	/** Each minute: enqueues due e-mails and releases rows of dead workers. */
	'mail-sweep': Record<string, never>;
	/** Each minute: notifies staff of deadlines, drafts that waited a day, and a missing decree. */
	'reminder-sweep': Record<string, never>;
	/** Every other minute: writes the morning digests of offices where it is eight o'clock or later. */
	digest: Record<string, never>;
	/** Each minute: applies access changes after 24 hours, and writes their notices. */
	'access-sweep': Record<string, never>;
	/** Writes a requested export. */
	'case-export': { exportId: string };
	/** Each minute: deletes expired exports and ends those of dead workers. */
	'export-sweep': Record<string, never>;
	/** Makes the backup of a row. */
	backup: { backupId: string };
	/** Every five minutes: requests the day's backup once its hour has come. */
	'backup-sweep': Record<string, never>;
	/** Each night: files without a row, dead sessions and links, forgotten references. */
	housekeeping: Record<string, never>;
}
export type JobName = keyof JobPayloads;

interface JobOptions<N extends JobName> {
	/** When it recurs, in cron syntax, in the server's time and not in a unit's zone. */
	cron?: string;
	/**
	 * The queue retries nothing, because rows such as escalations keep their own retry times. `case-event` is the exception:
	 * its work has no row yet and can safely run twice.
	 */
	retry?: { retryLimit: number; retryDelay: number };
	/** The row of a job that waits once per row at most: one more is not stored while the last one still waits. */
	row?: (payload: JobPayloads[N]) => string;
	/** Seconds after which the worker of an unfinished job counts as dead. */
	expires?: number;
	/** Seconds between polls of the queue. People wait for deliveries, but nobody for the nightly clean-up. */
	polling?: number;
	/**
	 * How many are taken at once. After a full batch the next one is taken at once, so a long queue does not wait a second
	 * between batches. With several workers a slow answer delays only its own batch.
	 */
	batch?: number;
	workers?: number;
}

const MINUTELY = '* * * * *';

export const JOBS: { readonly [N in JobName]: JobOptions<N> } = {
	'case-event': { retry: { retryLimit: 5, retryDelay: 30 }, polling: 1, batch: 40 },
	'escalation-deliver': { row: ({ escalationId }) => escalationId, polling: 2, batch: 4, workers: 4 },
	'escalation-receive': { polling: 1, batch: 8 },
	'escalation-sweep': { cron: MINUTELY, polling: 1 },
	'lapor-masters': { cron: MINUTELY },
	'case-sweep': { cron: MINUTELY },
	// The morning digest writes to everybody at once; a mail server may treat more connections as an attack.
	'mail-deliver': { polling: 2, batch: 5 },
	'mail-sweep': { cron: MINUTELY },
	'reminder-sweep': { cron: MINUTELY },
	digest: { cron: '*/2 * * * *' },
	'access-sweep': { cron: MINUTELY },
	'case-export': { polling: 1 },
	'export-sweep': { cron: MINUTELY },
	backup: { expires: 12 * 3600, polling: 2 },
	'backup-sweep': { cron: '*/5 * * * *', polling: 30 },
	housekeeping: { cron: '17 18 * * *', polling: 30 }
};
export const JOB_NAMES = Object.keys(JOBS) as JobName[];

// On globalThis for the reason of the database handle: one per process, however often the module is loaded.
const holder = globalThis as typeof globalThis & { spatulaBoss?: PgBoss };

/** The queue on the opened database. `working`: this process also supervises and keeps the schedules. */
function createQueue(handle: Handle, working: boolean): PgBoss {
	const duty = { supervise: working, schedule: working };
	const boss =
		handle.kind === 'pglite'
			? new PgBoss({ db: fromPglite(handle.client), backend: 'pglite', ...duty })
			: new PgBoss({ connectionString: handle.url, max: 4, application_name: 'spatula-jobs', ...duty });
	boss.on('error', (error) => log().error({ error: error.message }, 'job queue'));
	return boss;
}

/** Starts the queue: its tables, one queue per job name, and where `working` the schedules. */
export async function startQueue(handle: Handle, working: boolean): Promise<PgBoss> {
	const boss = createQueue(handle, working);
	await boss.start();
	for (const name of JOB_NAMES) {
		const { retry, row, expires = 300, cron } = JOBS[name];
		const policy = row ? 'short' : 'standard';
		const times = { expireInSeconds: expires, deleteAfterSeconds: 3600 };
		await boss.createQueue(name, { policy, retryLimit: 0, ...retry, ...times });
		if (working && cron) await boss.schedule(name, cron, {});
	}
	const schedules = working ? await boss.getSchedules() : [];
	for (const { name } of schedules) if (!(JOB_NAMES as string[]).includes(name)) await boss.unschedule(name);
	holder.spatulaBoss = boss;
	return boss;
}

/** The started queue of this process. */
export function queue(): PgBoss {
	if (!holder.spatulaBoss) throw new Error('the job queue is not started yet');
	return holder.spatulaBoss;
}

/** Stops taking jobs and waits up to `seconds` for running ones. */
export async function stopQueue(seconds = 20): Promise<void> {
	await holder.spatulaBoss?.stop({ graceful: true, timeout: seconds * 1000 });
	holder.spatulaBoss = undefined;
}

function keyOf<N extends JobName>(name: N, payload: JobPayloads[N]): { singletonKey?: string } {
	const singletonKey = JOBS[name].row?.(payload);
	return singletonKey === undefined ? {} : { singletonKey };
}

/** Enqueues a job in the caller's transaction, so it exists exactly if its event does. */
export async function enqueue<N extends JobName>(
	tx: Tx,
	name: N,
	payload: JobPayloads[N],
	options: { startAfter?: Date } = {}
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

/** The minute job whose completion shows that jobs run, in any process. */
export const HEARTBEAT: JobName = 'mail-sweep';

const HEARTBEAT_KEY = 'jobs:heartbeat';

export const noteHeartbeat = (): Promise<void> => storeSetting(db(), HEARTBEAT_KEY, now().toISOString());

/** When jobs last ran; null: never. */
export async function lastHeartbeat(): Promise<Date | null> {
	const at = await readSetting(HEARTBEAT_KEY);
	return typeof at === 'string' ? new Date(at) : null;
}
