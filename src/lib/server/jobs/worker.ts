import type { Job } from 'pg-boss';
import { log } from '#lib/server/log.ts';
import { countJobs } from '#lib/server/metrics.ts';
import { handleCaseEvents, handlers } from './handlers.ts';
import { HEARTBEAT, JOB_NAMES, JOBS, noteHeartbeat, queue, type JobName, type JobPayloads } from './queue.ts';

function doAll<N extends JobName>(
	name: N,
	payloads: readonly JobPayloads[N][]
): Promise<PromiseSettledResult<unknown>[]> {
	if (name === 'case-event')
		return Promise.allSettled([handleCaseEvents(payloads as readonly JobPayloads['case-event'][])]);
	const handle = handlers[name as keyof typeof handlers] as (payload: JobPayloads[N]) => Promise<unknown>;
	return Promise.allSettled(payloads.map(handle));
}

async function work<N extends JobName>(name: N): Promise<void> {
	const { polling = 5, batch = 1, workers = 1 } = JOBS[name];
	const pace = { pollingIntervalSeconds: polling, batchSize: batch, burstWhenBatchFull: true };
	await queue().work<JobPayloads[N]>(
		name,
		{ ...pace, localConcurrency: workers },
		async (jobs: Job<JobPayloads[N]>[]) => {
			const payloads = jobs.map(({ data }) => data);
			const ended = await doAll(name, payloads);
			const failed = ended.filter((one) => one.status === 'rejected');
			countJobs(name, 'done', ended.length - failed.length);
			countJobs(name, 'failed', failed.length);
			if (name === HEARTBEAT && failed.length === 0) await noteHeartbeat();
			for (const { reason } of failed) log().error({ job: name, err: reason as unknown }, 'job failed');
			if (failed[0]) throw failed[0].reason;
		}
	);
}

/** Starts taking jobs of every name. */
export async function startWorkers(): Promise<void> {
	for (const name of JOB_NAMES) await work(name);
}
