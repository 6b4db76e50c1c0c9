import { sql } from 'drizzle-orm';
import { PgBoss, fromDrizzle, fromPglite } from 'pg-boss';
import type { Handle, Tx } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';

/** Every job and its payload. A job without a handler does not compile (`handlers.ts`). */
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

/** Schedules of recurring jobs in cron syntax, in the server's time and not in a unit's zone. */
const SCHEDULES: Partial<Record<JobName, string>> = {
	'escalation-sweep': '* * * * *',
	'lapor-masters': '* * * * *',
	'case-sweep': '* * * * *',
	'mail-sweep': '* * * * *',
	'reminder-sweep': '* * * * *',
	digest: '*/2 * * * *',
	'access-sweep': '* * * * *',
	'export-sweep': '* * * * *',
	'backup-sweep': '*/5 * * * *',
	housekeeping: '17 18 * * *'
};

export const JOB_NAMES: readonly JobName[] = [
	'case-event',
	'escalation-deliver',
	'escalation-receive',
	'escalation-sweep',
	'lapor-masters',
	'case-sweep',
	'mail-deliver',
	'mail-sweep',
	'reminder-sweep',
	'digest',
	'access-sweep',
	'case-export',
	'export-sweep',
	'backup',
	'backup-sweep',
	'housekeeping'
];

/**
 * The queue retries nothing, because rows such as escalations keep their own retry times. `case-event` is the exception: its work
 * has no row yet and can safely run twice.
 */
const RETRIES: Partial<Record<JobName, { retryLimit: number; retryDelay: number }>> = {
	'case-event': { retryLimit: 5, retryDelay: 30 }
};

/** Jobs that wait once per row at most: one more is not stored while the row's last one still waits. */
const KEYS: { [N in JobName]?: (payload: JobPayloads[N]) => string } = {
	'escalation-deliver': ({ escalationId }) => escalationId
};

/** Seconds after which the worker of an unfinished job counts as dead. */
const EXPIRES: Partial<Record<JobName, number>> = { backup: 12 * 3600 };

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
		const expireInSeconds = EXPIRES[name] ?? 300;
		const policy = name in KEYS ? 'short' : 'standard';
		await boss.createQueue(name, {
			policy,
			retryLimit: 0,
			...RETRIES[name],
			expireInSeconds,
			deleteAfterSeconds: 3600
		});
	}
	if (working) {
		for (const { name } of await boss.getSchedules()) if (!(name in SCHEDULES)) await boss.unschedule(name);
		for (const [name, cron] of Object.entries(SCHEDULES)) await boss.schedule(name, cron, {});
	}
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
	const singletonKey = KEYS[name]?.(payload);
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

/** Payloads of the waiting jobs of a name, oldest first, at most `limit`. */
export async function untaken<N extends JobName>(name: N, limit: number): Promise<JobPayloads[N][]> {
	const jobs = await queue().findJobs<JobPayloads[N]>(name, { queued: true, limit });
	return jobs.map(({ data }) => data);
}
