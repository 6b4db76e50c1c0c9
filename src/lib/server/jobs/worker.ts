import type { Job, WorkOptions } from 'pg-boss';
import { log } from '#lib/server/log.ts';
import { countJobs } from '#lib/server/metrics.ts';
import { batchHandlers, handlers } from './handlers.ts';
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
 * Batch sizes. After a full batch the next one is taken at once, so a long queue does not wait a second between batches.
 * Deliveries have several workers, so a slow answer delays only its own batch. Polls have their own workers and never delay a
 * delivery.
 */
const BATCHES: Partial<Record<JobName, WorkOptions>> = {
	'case-event': { batchSize: 40, burstWhenBatchFull: true },
	'escalation-deliver': { batchSize: 12, localConcurrency: 4, burstWhenBatchFull: true },
	'escalation-receive': { batchSize: 8, burstWhenBatchFull: true },
	// The morning digest writes to everybody at once; a mail server may treat more connections as an attack.
	'mail-deliver': { batchSize: 5, burstWhenBatchFull: true }
};

type Handle<N extends JobName> = (payload: JobPayloads[N]) => Promise<void>;
type HandleAll<N extends JobName> = (payloads: readonly JobPayloads[N][]) => Promise<void>;

async function doAll<N extends JobName>(
	name: N,
	payloads: readonly JobPayloads[N][]
): Promise<PromiseSettledResult<void>[]> {
	if (name in batchHandlers) {
		const handleAll = batchHandlers[name as keyof typeof batchHandlers] as HandleAll<N>;
		return Promise.allSettled([handleAll(payloads)]);
	}
	const handle = handlers[name as keyof typeof handlers] as Handle<N>;
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
