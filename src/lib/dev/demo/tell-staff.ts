import { readAllNotices } from '#lib/server/channels/notice-list.ts';
import type { Company } from './open-story.ts';
import { atMinute } from './past-days.ts';
import { queue, type JobPayloads } from '#lib/server/jobs/queue.ts';
import { notifyOfEvents } from '#lib/server/reminders/events.ts';
import { sweepReminders } from '#lib/server/reminders/sweep.ts';

const MOST = 5000;

/** What a running site tells its staff meanwhile: of deadlines, and of what happened since the last time. */
export async function tellStaff(): Promise<void> {
	const jobs = await queue().findJobs<JobPayloads['case-event']>('case-event', { queued: true, limit: MOST });
	if (jobs.length > 0) await notifyOfEvents(jobs.map(({ data }) => data));
	await queue().deleteQueuedJobs('case-event');
	await sweepReminders();
}

const UNREAD_DAYS = 3;

/** Marks notices as read, except those of the last days. */
export async function readOlderNotices({ actors, days }: Company): Promise<void> {
	const until = atMinute(days.workingDay(UNREAD_DAYS), 23 * 60);
	for (const actor of actors.values()) await readAllNotices(actor, until);
}
