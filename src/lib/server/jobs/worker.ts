import type { Job, WorkOptions } from 'pg-boss';
import { log } from '../log.ts';
import { handlers } from './handlers.ts';
import { JOB_NAMES, queue, type JobName, type JobPayloads } from './queue.ts';

/** Seconds between looks at a queue; people wait for deliveries, nobody for the nightly cleaning. */
const POLLING: Partial<Record<JobName, number>> = {
	'case-event': 1,
	'escalation-deliver': 1,
	'escalation-receive': 1,
	'escalation-sweep': 1,
	housekeeping: 30
};

/**
 * Jobs that mostly wait for another system run side by side, a full batch followed by the next at once; several takers,
 * so that one slow answer holds up its own batch only. Polls have takers of their own and never stand before a delivery.
 */
const SIDE_BY_SIDE: Partial<Record<JobName, WorkOptions>> = {
	'escalation-deliver': { batchSize: 4, localConcurrency: 3, burstWhenBatchFull: true },
	'escalation-receive': { batchSize: 4, burstWhenBatchFull: true }
};

async function work<N extends JobName>(name: N): Promise<void> {
	const handle = handlers[name] as (payload: JobPayloads[N]) => Promise<void>;
	const options = { pollingIntervalSeconds: POLLING[name] ?? 5, batchSize: 1, ...SIDE_BY_SIDE[name] };
	await queue().work<JobPayloads[N]>(name, options, async (jobs: Job<JobPayloads[N]>[]) => {
		const ended = await Promise.allSettled(jobs.map((job) => handle(job.data)));
		const failed = ended.filter((one) => one.status === 'rejected');
		for (const { reason } of failed) log().error({ job: name, error: reason as unknown }, 'job failed');
		if (failed[0]) throw failed[0].reason;
	});
}

/** Starts taking jobs of every name. */
export async function startWorkers(): Promise<void> {
	for (const name of JOB_NAMES) await work(name);
}
