import { sql } from 'drizzle-orm';
import { PgBoss, fromDrizzle, fromPglite } from 'pg-boss';
import type { Handle, Tx } from '../db/index.ts';
import { log } from '../log.ts';

/** Every job of the product and what it carries. A name without a handler does not compile (`handlers.ts`). */
export interface JobPayloads {
	/** A timeline entry was written: notices, invitations and follow-ups start here. */
	'case-event': { caseId: number; seq: number };
	/** One try to bring one escalation to LAPOR. */
	'escalation-deliver': { escalationId: string };
	/** One look at what LAPOR says of one escalation. */
	'escalation-receive': { escalationId: string };
	/** Each minute: enqueues deliveries, look-ups and polls that are due and have no job. */
	'escalation-sweep': { until?: string };
	/** Each minute: reads LAPOR's lists where they are due; apart from the sweep, which must not wait for a slow answer. */
	'lapor-masters': Record<string, never>;
	/** Each minute: reporters' turns that ran out, and their reminders. */
	'case-sweep': Record<string, never>;
	/** The try of that number to hand one letter to the mail server. */
	'mail-deliver': { mailId: string; attempt: number };
	/** Each minute: enqueues letters that are due, settles what dead workers held. */
	'mail-sweep': Record<string, never>;
	/** Each minute: tells staff of deadlines, drafts that waited a day, and a decree that is missed. */
	'reminder-sweep': Record<string, never>;
	/** Every other minute: writes the morning letters of offices where it is eight o'clock or later. */
	digest: Record<string, never>;
	/** Each minute: adds changes of reports to their sums. */
	'case-sums': Record<string, never>;
	/** Each minute: makes changes of access whose 24 hours have passed, and tells people of all of them. */
	'access-sweep': Record<string, never>;
	/** Writes a file of reports that somebody asked for. */
	'case-export': { exportId: string };
	/** Each minute: files that were kept long enough, and those that no worker writes. */
	'export-sweep': Record<string, never>;
	/** One backup, as its row asks for it. */
	backup: { backupId: string };
	/** Every five minutes: asks for the day's backup where its hour has come. */
	'backup-sweep': Record<string, never>;
	/** Each night: files without a row, dead sessions and links, forgotten references. */
	housekeeping: Record<string, never>;
}
export type JobName = keyof JobPayloads;

/** Recurring jobs, in cron's words; the site's own minute, not a unit's zone. */
const SCHEDULES: Partial<Record<JobName, string>> = {
	'escalation-sweep': '* * * * *',
	'lapor-masters': '* * * * *',
	'case-sweep': '* * * * *',
	'mail-sweep': '* * * * *',
	'reminder-sweep': '* * * * *',
	digest: '*/2 * * * *',
	'case-sums': '* * * * *',
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
	'case-sums',
	'access-sweep',
	'case-export',
	'export-sweep',
	'backup',
	'backup-sweep',
	'housekeeping'
];

/**
 * Rows keep their own clocks and retries (escalations above all), so the queue retries nothing; but what follows an entry
 * of a case's timeline has no row yet, and doing it twice does it once.
 */
const RETRIES: Partial<Record<JobName, { retryLimit: number; retryDelay: number }>> = {
	'case-event': { retryLimit: 5, retryDelay: 30 }
};

/** Seconds after which a job that is still in hand is taken for a dead worker's. */
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
		await boss.createQueue(name, { retryLimit: 0, ...RETRIES[name], expireInSeconds, deleteAfterSeconds: 3600 });
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

/** Stops taking jobs and waits up to `seconds` for those in hand. */
export async function stopQueue(seconds = 20): Promise<void> {
	await holder.spatulaBoss?.stop({ graceful: true, timeout: seconds * 1000 });
	holder.spatulaBoss = undefined;
}

/** Sends a job in the caller's transaction: it exists exactly if what it speaks of does. */
export async function enqueue<N extends JobName>(
	tx: Tx,
	name: N,
	payload: JobPayloads[N],
	options: { startAfter?: Date } = {}
): Promise<void> {
	await queue().send(name, payload, { ...options, db: fromDrizzle(tx as never, sql as never) });
}

/** Sends many jobs of a name in the caller's transaction, by one statement. The higher `priority` is taken first. */
export async function enqueueMany<N extends JobName>(
	tx: Tx,
	name: N,
	payloads: readonly JobPayloads[N][],
	{ priority = 0 }: { priority?: number } = {}
): Promise<void> {
	if (payloads.length === 0) return;
	const jobs = payloads.map((data) => ({ data, priority }));
	await queue().insert(name, jobs, { db: fromDrizzle(tx as never, sql as never) });
}

/** What the jobs of a name carry that no worker has taken yet, the oldest first; `limit` of them at most. */
export async function untaken<N extends JobName>(name: N, limit: number): Promise<JobPayloads[N][]> {
	const jobs = await queue().findJobs<JobPayloads[N]>(name, { queued: true, limit });
	return jobs.map(({ data }) => data);
}
