import type { Job, WorkOptions } from 'pg-boss';
import { log } from '#lib/server/log.ts';
import { countJobs } from '#lib/server/metrics.ts';
import { handleCaseEvents, handlers } from './handlers.ts';
import { HEARTBEAT, noteHeartbeat } from './heartbeat.ts';
import { JOB_NAMES, queue, type JobName, type JobPayloads } from './queue.ts';

/** Seconds between polls of a queue. People wait for deliveries, but nobody for the nightly clean-up. */
const POLLING: Partial<Record<JobName, number>> = {
	'case-event': 1,
	'escalation-deliver': 1,
	'escalation-receive': 1,
	'escalation-sweep': 1,
	'case-export': 1,
	'mail-deliver': 2,
	backup: 2,
	'backup-sweep': 30,
	housekeeping: 30
};

/**
 * Jobs that a runner takes at once and does side by side. After a full load the next one is taken at once, so a long queue does
 * not wait a second each time. Deliveries have several runners, so a slow answer delays only its own. Polls have their own
 * runner and never delay a delivery.
 */
const BATCHES: Partial<Record<JobName, WorkOptions>> = {
	'case-event': { batchSize: 40, burstWhenBatchFull: true },
	'escalation-deliver': { batchSize: 4, localConcurrency: 4, burstWhenBatchFull: true },
	'escalation-receive': { batchSize: 8, burstWhenBatchFull: true },
	// The morning digest writes to everybody at once; a mail server may treat more connections as an attack.
	'mail-deliver': { batchSize: 5, burstWhenBatchFull: true }
};

async function doAll<N extends JobName>(
	name: N,
	payloads: readonly JobPayloads[N][]
): Promise<PromiseSettledResult<unknown>[]> {
	if (name === 'case-event')
		return Promise.allSettled([handleCaseEvents(payloads as readonly JobPayloads['case-event'][])]);
	const handle = handlers[name as keyof typeof handlers] as (payload: JobPayloads[N]) => Promise<unknown>;
	return Promise.allSettled(payloads.map(handle));
}

async function work<N extends JobName>(name: N): Promise<void> {
	const options = { pollingIntervalSeconds: POLLING[name] ?? 5, batchSize: 1, ...BATCHES[name] };
	await queue().work<JobPayloads[N]>(name, options, async (jobs: Job<JobPayloads[N]>[]) => {
		const ended = await doAll(
			name,
			jobs.map((job) => job.data)
		);
		const failed = ended.filter((one) => one.status === 'rejected');
		countJobs(name, 'done', ended.length - failed.length);
		countJobs(name, 'failed', failed.length);
		if (name === HEARTBEAT && failed.length === 0) await noteHeartbeat();
		for (const { reason } of failed) log().error({ job: name, err: reason as unknown }, 'job failed');
		if (failed[0]) throw failed[0].reason;
	});
}

/** Starts taking jobs of every name. */
export async function startWorkers(): Promise<void> {
	for (const name of JOB_NAMES) await work(name);
}
