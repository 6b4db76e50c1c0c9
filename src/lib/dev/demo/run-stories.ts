import { entriesAt } from '#lib/server/cases/timeline.ts';
import { eq } from 'drizzle-orm';
import { sweepReporterTurns } from '#lib/server/cases/conversation/close-after-silence.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { notifyOfEvents } from '#lib/server/staff-notices/notify-of-events.ts';
import { sweepClocks } from '#lib/server/staff-notices/deadlines.ts';
import { sweepStaffNotices } from '#lib/server/staff-notices/sweep.ts';
import { actorIn, openStory, type DemoRun, type OpenedStory } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { randomFrom } from './random.ts';
import type { Story } from './stories.ts';
import { VERBS, type StoryCase } from './story-verbs.ts';

/** A step of a story, or a sweep, at its time. */
interface TimedStep {
	at: Date;
	run(): Promise<unknown>;
}

const OPENS = 8 * 60 + 10;
const CLOSES = 15 * 60 + 50;
/**
 * Minutes of the day at which the sweeps run. The sweep at 08:01 sends all notices to staff, the one at 16:01 only
 * those about deadlines.
 */
const SWEEPS = [
	{ minute: 8 * 60 + 1, sendNotices: sweepStaffNotices },
	{ minute: 16 * 60 + 1, sendNotices: sweepClocks }
];

/**
 * Runs the steps of all stories in the order of their times, so that later cases get higher numbers. The sweeps run in
 * between, as in a running site.
 */
export async function runStories(stories: readonly Story[], run: DemoRun): Promise<OpenedStory[]> {
	const opened = new Map<Story, OpenedStory>();
	const steps = stories.flatMap((story, index) => timedSteps(story, index, run, opened));
	const first = Math.max(...stories.map(({ ago }) => ago));
	for (const day of run.days.workingDaysSince(run.days.workingDay(first))) {
		for (const { minute, sendNotices } of SWEEPS)
			steps.push({ at: atMinute(day, minute), run: () => sweep(sendNotices) });
	}
	steps.sort((a, b) => a.at.getTime() - b.at.getTime());
	for (const step of steps) {
		run.setClock(step.at);
		await step.run();
	}
	return [...opened.values()];
}

const MOST_EVENTS = 5000;

/**
 * Does the work of a site's worker: ends the reporters' turns that have expired, and notifies staff of events and
 * deadlines.
 */
async function sweep(sendNotices: () => Promise<void>): Promise<void> {
	await sweepReporterTurns();
	const jobs = await queue().findJobs<JobPayloads['case-event']>('case-event', { queued: true, limit: MOST_EVENTS });
	if (jobs.length > 0) await notifyOfEvents(await entriesAt(jobs.map(({ data }) => data)));
	await queue().deleteQueuedJobs('case-event');
	await sendNotices();
}

/** The steps of a story, in their order, at random moments in office hours. */
function timedSteps(story: Story, index: number, run: DemoRun, opened: Map<Story, OpenedStory>): TimedStep[] {
	const random = randomFrom(`cerita ${index}`);
	const steps = [
		{
			ago: story.ago - (story.recorded_after ?? 0),
			run: async () => opened.set(story, await openStory(story, run))
		},
		...story.steps.map((step) => ({
			ago: step.ago,
			run: async () => {
				const verb = VERBS[step.verb];
				if (!verb) throw new Error(`no story has the verb ${step.verb}`);
				const storyCase = caseOf(story, run, opened);
				await run.lapor.accompany(storyCase.caseId, () => verb(storyCase, step));
			}
		}))
	];
	const days = [...new Set(steps.map(({ ago }) => ago))];
	return days.flatMap((ago) => {
		const ofDay = steps.filter((one) => one.ago === ago);
		const minutes = ofDay.map(() => random.between(OPENS, CLOSES)).sort((a, b) => a - b);
		const day = run.days.workingDay(ago);
		return ofDay.map((step, position) => ({
			at: atMinute(day, (minutes[position] ?? OPENS) + position),
			run: step.run
		}));
	});
}

function caseOf(story: Story, run: DemoRun, opened: ReadonlyMap<Story, OpenedStory>): StoryCase {
	const own = opened.get(story);
	if (!own) throw new Error(`a step comes before its report: ${story.name}`);
	const { reference, caseId } = own;
	return {
		reference,
		caseId,
		consent: story.marks.includes('consent'),
		lapor: run.lapor,
		actor: (part) => actorIn(run, part, story.office),
		on: async (input) => {
			const [row] = await db().select({ version: cases.version }).from(cases).where(eq(cases.id, caseId));
			return { ...input, version: row?.version };
		},
		referenceOf: (name) => {
			const other = [...opened.values()].find((one) => one.story.name === name);
			if (!other) throw new Error(`there is no story ${name} yet`);
			return other.reference;
		}
	};
}
