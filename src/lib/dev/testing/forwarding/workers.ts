import { entriesAt } from '#lib/server/cases/timeline.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { pollOrLookUp } from '#lib/server/escalation/tracking/poll.ts';
import { sweepEscalations } from '#lib/server/escalation/delivery/sweep.ts';
import type { JobName, JobPayloads } from '#lib/server/jobs/jobs.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { runJob, type RunEnd, type Interruption } from './crashing-worker.ts';
import type { World } from './world.ts';

/** One job. */
interface Job {
	name: string;
	about: readonly string[];
	work: () => Promise<void>;
}

/** Fetches jobs from the queue, as a worker does. No other worker gets them. */
async function takeJobs(maxJobs: number): Promise<Job[]> {
	const take = async <N extends JobName>(name: N): Promise<JobPayloads[N][]> =>
		(await queue().fetch<JobPayloads[N]>(name, { batchSize: maxJobs })).map(({ data }) => data);
	const events = await take('case-event');
	const deliveries = await take('escalation-deliver');
	const receives = await take('escalation-receive');
	return [
		...events.map((event) => ({
			name: 'case-event',
			about: [],
			work: async () => followCaseEvents(await entriesAt([event]))
		})),
		...deliveries.map(({ escalationId: id }) => ({ name: 'deliver', about: [id], work: () => deliver(id) })),
		...receives.map(({ escalationId: id }) => ({ name: 'receive', about: [id], work: () => pollOrLookUp(id) }))
	];
}

const describeEnd = (what: string, ended: RunEnd): string =>
	ended.ended === 'done' ? what : `${what} ${ended.ended} ${ended.at}`;

/** Runs one job, which may be interrupted. */
async function doJob(world: World, { name, about, work }: Job, interruption: Interruption | undefined) {
	const ended = await runJob({ about, interruption, calls: world.calls }, work);
	if (ended.ended !== 'done') for (const id of about) world.interrupted.add(id);
	if (ended.ended === 'frozen') world.frozen.push(ended);
	return { text: describeEnd(name, ended), completed: ended.ended === 'done' };
}

async function worker(world: World, jobs: readonly Job[], interruption: Interruption | undefined): Promise<string> {
	const outcomes: string[] = [];
	for (const job of jobs) {
		const { text, completed } = await doJob(world, job, interruption);
		outcomes.push(text);
		// An interrupted worker loses its other jobs, because the queue delivers a job once.
		if (!completed) break;
	}
	return outcomes.join(', ') || 'nothing to do';
}

/** One worker runs up to `maxJobs` jobs, until it is interrupted. */
export async function workAlone(
	world: World,
	maxJobs: number,
	interruption: Interruption | undefined
): Promise<string> {
	return worker(world, await takeJobs(maxJobs), interruption);
}

/** Two workers run at once. `same`: both run the same jobs, as if the queue delivered them twice. */
export async function workTogether(
	world: World,
	maxJobs: number,
	same: boolean,
	interruptions: readonly [Interruption | undefined, Interruption | undefined]
): Promise<string> {
	const one = await takeJobs(maxJobs);
	const other = same ? one : await takeJobs(maxJobs);
	const outcomes = await Promise.all([worker(world, one, interruptions[0]), worker(world, other, interruptions[1])]);
	return outcomes.join(' | ');
}

/** Runs the sweep. */
export async function sweep(world: World, interruption: Interruption | undefined): Promise<string> {
	return (await doJob(world, { name: 'sweep', about: [], work: sweepEscalations }, interruption)).text;
}

/** Resumes all frozen workers. */
export async function resume(world: World): Promise<string> {
	const outcomes: string[] = [];
	for (const frozen of world.frozen.splice(0)) outcomes.push(`${frozen.at}: ${await frozen.resume()}`);
	return outcomes.join(', ') || 'none';
}

/** Runs all jobs, and the jobs that these create. */
export async function runAllJobs(world: World): Promise<void> {
	for (let round = 0; round < 50; round += 1) {
		const jobs = await takeJobs(50);
		if (jobs.length === 0) return;
		await worker(world, jobs, undefined);
	}
	throw new Error('jobs create new jobs without end');
}
