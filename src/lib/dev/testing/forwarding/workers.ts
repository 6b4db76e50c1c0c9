import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { sweepEscalations } from '#lib/server/escalation/delivery/sweep.ts';
import { queue, type JobName, type JobPayloads } from '#lib/server/jobs/queue.ts';
import { runJob, type Ended, type Interruption } from './crashing-worker.ts';
import type { World } from './world.ts';

/** One job of a worker. */
interface Job {
	name: string;
	about: readonly string[];
	work: () => Promise<void>;
}

/** Takes jobs off the queue, as a worker does; nobody else gets them again. */
async function takeJobs(most: number): Promise<Job[]> {
	const take = async <N extends JobName>(name: N): Promise<JobPayloads[N][]> =>
		(await queue().fetch<JobPayloads[N]>(name, { batchSize: most })).map(({ data }) => data);
	const events = await take('case-event');
	const deliveries = await take('escalation-deliver');
	const looks = await take('escalation-receive');
	return [
		...events.map((event) => ({ name: 'case-event', about: [], work: () => followCaseEvents([event]) })),
		...deliveries.map(({ escalationId: id }) => ({ name: 'deliver', about: [id], work: () => deliver(id) })),
		...looks.map(({ escalationId: id }) => ({ name: 'receive', about: [id], work: () => receive(id) }))
	];
}

const said = (what: string, ended: Ended): string =>
	ended.ended === 'done' ? what : `${what} ${ended.ended} ${ended.at}`;

/** Does one job, which may be interrupted. */
async function doJob(world: World, { name, about, work }: Job, interruption: Interruption | undefined) {
	const ended = await runJob({ interruption, calls: world.calls }, work);
	if (ended.ended !== 'done') for (const id of about) world.interrupted.add(id);
	if (ended.ended === 'frozen') world.frozen.push(ended);
	return { text: said(name, ended), went: ended.ended === 'done' };
}

async function worker(world: World, jobs: readonly Job[], interruption: Interruption | undefined): Promise<string> {
	const told: string[] = [];
	for (const job of jobs) {
		const { text, went } = await doJob(world, job, interruption);
		told.push(text);
		// A worker that ended leaves its other jobs undone: the queue gives a job out once.
		if (!went) break;
	}
	return told.join(', ') || 'nothing to do';
}

/** One worker does up to `most` jobs, or until it is interrupted. */
export async function workAlone(world: World, most: number, interruption: Interruption | undefined): Promise<string> {
	return worker(world, await takeJobs(most), interruption);
}

/** Two workers at once; `same`: both do the same jobs, as where the queue gives one out again. */
export async function workTogether(
	world: World,
	most: number,
	same: boolean,
	interruptions: readonly [Interruption | undefined, Interruption | undefined]
): Promise<string> {
	const one = await takeJobs(most);
	const other = same ? one : await takeJobs(most);
	const told = await Promise.all([worker(world, one, interruptions[0]), worker(world, other, interruptions[1])]);
	return told.join(' | ');
}

/** The minute's round. */
export async function sweep(world: World, interruption: Interruption | undefined): Promise<string> {
	return (await doJob(world, { name: 'sweep', about: [], work: sweepEscalations }, interruption)).text;
}

/** Frozen workers resume. */
export async function resume(world: World): Promise<string> {
	const told: string[] = [];
	for (const frozen of world.frozen.splice(0)) told.push(`${frozen.at}: ${await frozen.resume()}`);
	return told.join(', ') || 'none';
}

/** All jobs there are, and those they make. */
export async function workOff(world: World): Promise<void> {
	for (let round = 0; round < 50; round += 1) {
		const jobs = await takeJobs(50);
		if (jobs.length === 0) return;
		await worker(world, jobs, undefined);
	}
	throw new Error('jobs make jobs for ever');
}
