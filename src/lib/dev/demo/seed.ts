import { addDays } from '#lib/calendar/days.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { markDemo } from '#lib/server/db/installation.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { buildAccounts, type DemoAccount } from './build-accounts.ts';
import { buildFigures } from './build-figures.ts';
import { buildIncoming } from './build-incoming.ts';
import { buildOffices } from './build-offices.ts';
import { buildRatings, type StoredRating } from './build-ratings.ts';
import { buildRecaps } from './build-recaps.ts';
import { buildRosters, standIns } from './build-rosters.ts';
import { buildSkm, publishSkmQuarter } from './build-skm.ts';
import { openDemoLapor } from './demo-lapor.ts';
import { actorIn, type DemoRun } from './open-story.ts';
import { atMinute, pastDays } from './past-days.ts';
import { runStories } from './run-stories.ts';
import { STORIES } from './stories.ts';
import { sendEmails } from './send-emails.ts';
import { readNotices } from '#lib/server/channels/notice-list.ts';
import { StartError } from '#lib/server/errors.ts';
import { JOB_NAMES } from '#lib/server/jobs/jobs.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { GUARDED_SCORE } from '#lib/ratings/moves.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';

/** Result of seeding. Passwords and receipts are valid in this installation only. */
export interface Seeded {
	accounts: DemoAccount[];
	/** Reports with receipts, which a user of the demo can open on the tracking page. */
	reports: { name: string; reference: string; receipt: string }[];
}

/**
 * Fills an empty database with demo data: the offices of Sulawesi Barat, people, rosters, a year of ratings, a survey,
 * reports, filed periodic reports, and e-mails that wait for a decision. Reports go through the domain's functions,
 * with the clock set to the times of their story. All runs of one day give the same data except ids and secrets. The
 * database must be open and the queue started. The queue's jobs are deleted at the end, because their notices would be
 * out of date. Marks the database as demo data, which a production start refuses.
 *
 * @throws StartError if the database has offices already
 */
export async function seedDemo(): Promise<Seeded> {
	const [existing] = await db().select({ code: units.code }).from(units).limit(1);
	if (existing)
		throw new StartError(`the database has offices already (${existing.code}): demo data goes into an empty one`);
	const days = pastDays(await loadCalendar());
	let clock = atMinute(addDays(days.today, -400), 9 * 60);
	const setClock = (at: Date) => (clock = at);
	return withClock(
		() => clock,
		async () => {
			await markDemo(handle().database);
			const offices = await buildOffices();
			const { accounts, actors } = await buildAccounts(offices, atMinute(days.today, 8 * 60));
			const provinceAdmin = actors.get('administrator.sulbar');
			if (!provinceAdmin) throw new Error('the demo has no administrator');
			await buildRosters(offices, provinceAdmin);
			const storedRatings = await buildRatings(offices, days);
			const surveyForms = await buildSkm({ offices, actors, days, setClock });
			const lapor = await openDemoLapor();
			try {
				const run = { offices, actors, days, lapor, setClock };
				const opened = await runStories(STORIES, run);
				await publishSkmQuarter(run, surveyForms);
				await buildFigures(run);
				await standIns(run);
				await buildIncoming(run);
				await finishToday(run, storedRatings);
				await sendEmails(run);
				await buildRecaps(run);
				await readOlderNotices(run);
				const reports = opened.flatMap(({ story: { name }, reference, receipt }) =>
					receipt ? [{ name, reference, receipt }] : []
				);
				return { accounts, reports };
			} finally {
				await lapor.close();
				for (const name of JOB_NAMES) await queue().deleteQueuedJobs(name);
			}
		}
	);
}

const VOIDED = 3;

/** Adds recent events: an absent supervisor, and ratings that a manager excluded or proposed to exclude. */
async function finishToday(run: DemoRun, storedRatings: readonly StoredRating[]): Promise<void> {
	const { days, setClock } = run;
	setClock(atMinute(days.workingDay(1), 16 * 60 + 20));
	const away = actorIn(run, 'head', 'pasangkayu');
	const absence = { fromDay: days.workingDay(1), toDay: addDays(days.today, 4) };
	if (away.accountId) await addAbsence(away, away.accountId, absence);
	const manager = run.actors.get('pimpinan.mamuju');
	if (!manager) throw new Error('the demo has no manager in Mamuju');
	const counted = storedRatings.filter(({ plan, state }) => plan.office.slug === 'mamuju' && state === 'counted');
	const trials = counted.filter(({ plan }) => plan.source === 'web' && plan.score > GUARDED_SCORE);
	for (const { id } of trials.slice(-VOIDED)) await decideRating(manager, id, { move: 'void', reason: 'trial' });
	// Excluding a low rating must still be approved by the province.
	const low = counted.findLast(({ plan }) => plan.score <= GUARDED_SCORE && plan.officer !== null);
	if (low) await decideRating(manager, low.id, { move: 'void', reason: 'wrong_officer' });
}

const UNREAD_DAYS = 3;

/** Marks notices as read, except those of the last days. */
async function readOlderNotices({ actors, days }: DemoRun): Promise<void> {
	const until = atMinute(days.workingDay(UNREAD_DAYS), 23 * 60);
	for (const actor of actors.values()) await readNotices(actor, until);
}
