import { addDays } from '#lib/calendar/days.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { markDemo } from '#lib/server/db/installation.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { buildAccounts, type DemoAccount } from './build-accounts.ts';
import { buildFigures } from './build-figures.ts';
import { buildOffices } from './build-offices.ts';
import { buildRatings, type GivenRating } from './build-ratings.ts';
import { buildRecaps } from './build-recaps.ts';
import { buildRosters, standIns } from './build-rosters.ts';
import { buildSkm, publishSkmQuarter } from './build-skm.ts';
import { openLaporStage } from './lapor-stage.ts';
import { actorIn, type Company } from './open-story.ts';
import { atMinute, pastDays } from './past-days.ts';
import { playStories } from './play.ts';
import { STORIES } from './stories.ts';
import { sendLetters } from './send-letters.ts';
import { readAllNotices } from '#lib/server/channels/notice-list.ts';
import { StartError } from '#lib/server/errors.ts';
import { JOB_NAMES, queue } from '#lib/server/jobs/queue.ts';
import { addAbsence } from '#lib/server/people/absence.ts';
import { GUARDED_SCORE } from '#lib/ratings/moves.ts';
import { decideRating } from '#lib/server/ratings/review/decide.ts';

/** Result of seeding. Passwords and receipts are valid in this installation only. */
export interface Seeded {
	accounts: DemoAccount[];
	/** Reports that a reader of the demo may want to open on the tracking page. */
	reports: { name: string; reference: string; receipt: string }[];
}

/**
 * Fills an empty, open database with demo data: the offices of Sulawesi Barat, people, rosters, a year of ratings, a survey,
 * reports, and the periodic reports that offices filed. Reports go through the domain's verbs with a clock set to the hours
 * of their story. On the same day every run gives the same data except ids and secrets. The queue must be started. Its jobs
 * are deleted at the end, because their notices would be long out of date. Marks the database as demo data, which a
 * production start refuses.
 *
 * @throws StartError if the database has offices already
 */
export async function seedDemo(): Promise<Seeded> {
	const [known] = await db().select({ code: units.code }).from(units).limit(1);
	if (known) throw new StartError(`the database has offices already (${known.code}): demo data goes into an empty one`);
	const days = pastDays(await loadCalendar(db()));
	let clock = atMinute(addDays(days.today, -400), 9 * 60);
	const setClock = (at: Date) => (clock = at);
	return withClock(
		() => clock,
		async () => {
			await markDemo(handle().database);
			const offices = await buildOffices();
			const { accounts, actors } = await buildAccounts(offices);
			const provinceAdmin = actors.get('admin.sulbar');
			if (!provinceAdmin) throw new Error('the demo has no administrator');
			await buildRosters(offices, provinceAdmin);
			const given = await buildRatings(offices, days);
			const surveyed = await buildSkm({ offices, actors, days, setClock });
			const lapor = await openLaporStage();
			try {
				const company = { offices, actors, days, lapor, setClock };
				const opened = await playStories(STORIES, company);
				await publishSkmQuarter(company, surveyed);
				await buildFigures(company);
				await standIns(company);
				await finishToday(company, given);
				await sendLetters(company);
				await buildRecaps(company);
				await readOlderNotices(company);
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
async function finishToday(company: Company, given: readonly GivenRating[]): Promise<void> {
	const { days, setClock } = company;
	setClock(atMinute(days.workingDay(1), 16 * 60 + 20));
	const away = actorIn(company, 'head', 'pasangkayu');
	const absence = { fromDay: days.workingDay(1), toDay: addDays(days.today, 4) };
	if (away.accountId) await addAbsence(away, away.accountId, absence);
	const manager = company.actors.get('pemantau.mamuju');
	if (!manager) throw new Error('the demo has no manager in Mamuju');
	const counted = given.filter(({ plan, state }) => plan.office.slug === 'mamuju' && state === 'counted');
	const trials = counted.filter(({ plan }) => plan.source === 'web' && plan.score > GUARDED_SCORE);
	for (const { id } of trials.slice(-VOIDED)) await decideRating(manager, id, { move: 'void', reason: 'trial' });
	// A low rating: the province must still approve.
	const low = counted.findLast(({ plan }) => plan.score <= GUARDED_SCORE && plan.officer !== null);
	if (low) await decideRating(manager, low.id, { move: 'void', reason: 'wrong_officer' });
}

const UNREAD_DAYS = 3;

/** Marks notices as read, except those of the last days. */
async function readOlderNotices({ actors, days }: Company): Promise<void> {
	const until = atMinute(days.workingDay(UNREAD_DAYS), 23 * 60);
	for (const actor of actors.values()) await readAllNotices(actor, until);
}
