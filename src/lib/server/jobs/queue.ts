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
	/** Each minute: turns that ran out, approvals that waited a day. */
	'case-sweep': Record<string, never>;
	/** Each night: files without a row, dead sessions and links, forgotten references. */
	housekeeping: Record<string, never>;
}
export type JobName = keyof JobPayloads;

/** Recurring jobs, in cron's words; the site's own minute, not a unit's zone. */
const SCHEDULES: Partial<Record<JobName, string>> = {
	'escalation-sweep': '* * * * *',
	'case-sweep': '* * * * *',
	housekeeping: '17 18 * * *'
};

export const JOB_NAMES: readonly JobName[] = [
	'case-event',
	'escalation-deliver',
	'escalation-receive',
	'escalation-sweep',
	'case-sweep',
	'housekeeping'
];

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
		// The rows keep their own clocks and retries (escalations above all), so the queue retries nothing.
		await boss.createQueue(name, { retryLimit: 0, expireInSeconds: 300, deleteAfterSeconds: 3600 });
	}
	if (working) {
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
