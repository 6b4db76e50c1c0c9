import type { Job } from 'pg-boss';
import { log } from '../log.ts';
import { handlers } from './handlers.ts';
import { JOB_NAMES, queue, type JobName, type JobPayloads } from './queue.ts';

/** Seconds between looks at a queue; people wait for deliveries, nobody for the nightly cleaning. */
const POLLING: Partial<Record<JobName, number>> = { 'case-event': 1, 'escalation-deliver': 1, housekeeping: 30 };

async function work<N extends JobName>(name: N): Promise<void> {
	const handle = handlers[name] as (payload: JobPayloads[N]) => Promise<void>;
	const options = { pollingIntervalSeconds: POLLING[name] ?? 5, batchSize: 1 };
	await queue().work<JobPayloads[N]>(name, options, async (jobs: Job<JobPayloads[N]>[]) => {
		for (const job of jobs) {
			try {
				await handle(job.data);
			} catch (error) {
				log().error({ job: name, error }, 'job failed');
				throw error;
			}
		}
	});
}

/** Starts taking jobs of every name. */
export async function startWorkers(): Promise<void> {
	for (const name of JOB_NAMES) await work(name);
}
