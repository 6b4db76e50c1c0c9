import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { followCaseEvents } from '#lib/server/escalation/followups/followups.ts';
import { receive } from '#lib/server/escalation/tracking/receive.ts';
import { sweepEscalations } from '#lib/server/escalation/delivery/sweep.ts';
import { queue, type JobName, type JobPayloads } from '#lib/server/jobs/queue.ts';
import { liveAs, type Ended, type Fate } from './mortal.ts';
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

/** Does one job under a fate. */
async function live(world: World, { name, about, work }: Job, fate: Fate | undefined) {
	const ended = await liveAs({ fate, calls: world.calls }, work);
	if (ended.ended !== 'done') for (const id of about) world.upset.add(id);
	if (ended.ended === 'frozen') world.frozen.push(ended);
	return { text: said(name, ended), went: ended.ended === 'done' };
}

async function worker(world: World, jobs: readonly Job[], fate: Fate | undefined): Promise<string> {
	const told: string[] = [];
	for (const job of jobs) {
		const { text, went } = await live(world, job, fate);
		told.push(text);
		// Who died takes what is in hand along: the queue gives a job out once.
		if (!went) break;
	}
	return told.join(', ') || 'nothing to do';
}

/** One worker does up to `most` jobs, or until its fate is met. */
export async function workAlone(world: World, most: number, fate: Fate | undefined): Promise<string> {
	return worker(world, await takeJobs(most), fate);
}

/** Two workers at once; `same`: both do the same jobs, as where the queue gives one out again. */
export async function workTogether(
	world: World,
	most: number,
	same: boolean,
	fates: readonly [Fate | undefined, Fate | undefined]
): Promise<string> {
	const one = await takeJobs(most);
	const other = same ? one : await takeJobs(most);
	const told = await Promise.all([worker(world, one, fates[0]), worker(world, other, fates[1])]);
	return told.join(' | ');
}

/** The minute's round. */
export async function sweep(world: World, fate: Fate | undefined): Promise<string> {
	return (await live(world, { name: 'sweep', about: [], work: sweepEscalations }, fate)).text;
}

/** Workers that stood still go on. */
export async function thaw(world: World): Promise<string> {
	const told: string[] = [];
	for (const frozen of world.frozen.splice(0)) told.push(`${frozen.at}: ${await frozen.thaw()}`);
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
