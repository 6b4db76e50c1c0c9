import { entriesAt } from '#lib/server/cases/timeline.ts';
import { eq } from 'drizzle-orm';
import { sweepReporterTurns } from '#lib/server/cases/conversation/reporter-turns.ts';
import { db } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { queue, type JobPayloads } from '#lib/server/jobs/queue.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { sweepClocks, sweepReminders } from '#lib/server/reminders/sweep.ts';
import { actorIn, openStory, type DemoRun, type OpenedStory } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { randomFrom } from './random.ts';
import type { Story } from './stories.ts';
import { VERBS, type Stage } from './story-verbs.ts';

interface Scene {
	at: Date;
	act(): Promise<unknown>;
}

const OPENS = 8 * 60 + 10;
const CLOSES = 15 * 60 + 50;
/**
 * Minutes of the day at which the sweeps run. The sweep at 08:01 sends all reminders, the one at 16:01 only those about
 * deadlines.
 */
const SWEEPS = [
	{ minute: 8 * 60 + 1, remind: sweepReminders },
	{ minute: 16 * 60 + 1, remind: sweepClocks }
];

/**
 * Runs the steps of all stories in the order of their times, so that later cases get higher numbers. The sweeps run in
 * between, as in a running site.
 */
export async function playStories(stories: readonly Story[], run: DemoRun): Promise<OpenedStory[]> {
	const played = new Map<Story, OpenedStory>();
	const scenes = stories.flatMap((story, index) => scenesOf(story, index, run, played));
	const first = Math.max(...stories.map(({ ago }) => ago));
	for (const day of run.days.workingDaysSince(run.days.workingDay(first))) {
		for (const { minute, remind } of SWEEPS) scenes.push({ at: atMinute(day, minute), act: () => sweep(remind) });
	}
	scenes.sort((a, b) => a.at.getTime() - b.at.getTime());
	for (const scene of scenes) {
		run.setClock(scene.at);
		await scene.act();
	}
	return [...played.values()];
}

const MOST_EVENTS = 5000;

/**
 * Does the work of a site's worker: ends the reporters' turns that have expired, and notifies staff of events and
 * deadlines.
 */
async function sweep(remind: () => Promise<void>): Promise<void> {
	await sweepReporterTurns();
	const jobs = await queue().findJobs<JobPayloads['case-event']>('case-event', { queued: true, limit: MOST_EVENTS });
	if (jobs.length > 0) await notifyOfEvents(await entriesAt(jobs.map(({ data }) => data)));
	await queue().deleteQueuedJobs('case-event');
	await remind();
}

/** The scenes of a story at random moments in office hours, in the order of the steps. */
function scenesOf(story: Story, index: number, run: DemoRun, played: Map<Story, OpenedStory>): Scene[] {
	const random = randomFrom(`cerita ${index}`);
	const acts = [
		{
			ago: story.ago - (story.noted_after ?? 0),
			act: async () => played.set(story, await openStory(story, run))
		},
		...story.steps.map((step) => ({
			ago: step.ago,
			act: async () => {
				const verb = VERBS[step.verb];
				if (!verb) throw new Error(`no story has the verb ${step.verb}`);
				const stage = stageOf(story, run, played);
				await run.lapor.accompany(stage.caseId, () => verb(stage, step));
			}
		}))
	];
	const days = [...new Set(acts.map(({ ago }) => ago))];
	return days.flatMap((ago) => {
		const ofDay = acts.filter((one) => one.ago === ago);
		const minutes = ofDay.map(() => random.between(OPENS, CLOSES)).sort((a, b) => a - b);
		const day = run.days.workingDay(ago);
		return ofDay.map(({ act }, position) => ({ at: atMinute(day, (minutes[position] ?? OPENS) + position), act }));
	});
}

function stageOf(story: Story, run: DemoRun, played: ReadonlyMap<Story, OpenedStory>): Stage {
	const opened = played.get(story);
	if (!opened) throw new Error(`a step comes before its report: ${story.name}`);
	const { reference, caseId } = opened;
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
			const other = [...played.values()].find((one) => one.story.name === name);
			if (!other) throw new Error(`there is no story ${name} yet`);
			return other.reference;
		}
	};
}
