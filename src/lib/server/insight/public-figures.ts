import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { FEWEST, mergedCounts, rounded, shareTold, type PublicFigures } from '#lib/cases/disclosure.ts';
import { dueOf, medianOf } from '#lib/cases/figures.ts';
import { CATEGORIES, type Category } from '#lib/cases/vocabulary.ts';
import { keysUpTo, periodKeyed } from '#lib/ratings/period-key.ts';
import type { Period } from '#lib/ratings/period.ts';
import { eq } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { publicFigures, publicPages } from '#lib/server/db/schema/recap.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { countedForAll } from './counted.ts';
import { overdueFor, sumsWithin } from './measures.ts';
import { clocksOf, countsOf, histogramOf, sumOf } from './read-sums.ts';

/** Days after its end at which a quarter is closed; by then most of its reports are answered. */
const SETTLED_DAYS = 14;
/** Closed quarters shown side by side. */
const QUARTERS = 4;

/** The finished quarters an office tells of, the newest first. */
export function closedQuarters(timeZone: string): { key: string; from: LocalDate; to: LocalDate }[] {
	const today = localDate(now(), timeZone);
	return keysUpTo(today)
		.quarter.flatMap((key) => {
			const period = periodKeyed(key, today);
			return period && addDays(period.to, SETTLED_DAYS) < today ? [{ key, ...period }] : [];
		})
		.slice(0, QUARTERS);
}

/**
 * What everybody may know of a quarter (docs/decisions/0025): of reports that all people of the office see, no number of few,
 * counts rounded, nothing of any person.
 */
async function figuresOf(unitId: string, timeZone: string, period: Period): Promise<PublicFigures> {
	const whose = { units: [{ id: unitId, timeZone }], counted: countedForAll };
	const [sums, overdue] = await Promise.all([sumsWithin(whose, period, 'month'), overdueFor(whose, period, timeZone)]);
	const received = sumOf(sums, 'received');
	if (received < FEWEST)
		return { received: null, answered: null, inTime: null, medianDays: null, categories: [], scores: null };
	const status = (value: string) => sumOf(sums, 'received', 'status', value);
	const days = histogramOf(sums, 'answered', 'days');
	const answers = sumOf(sums, 'answered');
	const solution = clocksOf(sums, overdue).find(({ name }) => name === 'solution');
	const categories = countsOf(sums, 'received', 'category').map(({ value, n }) => ({
		value: CATEGORIES.find((one) => one === value) ?? null,
		n
	}));
	const scores = [1, 2, 3, 4, 5].map((score) => sumOf(sums, 'score', 'score', String(score)));
	const scored = scores.reduce((all, n) => all + n, 0);
	const satisfied = shareTold((scores[3] ?? 0) + (scores[4] ?? 0), scored);
	return {
		received: rounded(received),
		answered: shareTold(status('answered') + status('closed'), received),
		inTime: solution ? shareTold(solution.metOnTime, dueOf(solution)) : null,
		medianDays: answers < FEWEST ? null : (medianOf(days) ?? null),
		categories: mergedCounts<Category>(categories, ['integrity', 'other']).map(({ value, n }) => ({
			value,
			n: rounded(n)
		})),
		scores: satisfied === null ? null : { n: rounded(scored), satisfied }
	};
}

/**
 * Closes the finished quarters of an office that are not closed yet. What is closed stays as it is: from figures that move with
 * every report, two looks would tell of one.
 */
export async function closeQuarters(unitId: string, timeZone: string): Promise<void> {
	const known = await db()
		.select({ quarter: publicFigures.quarter })
		.from(publicFigures)
		.where(eq(publicFigures.unitId, unitId));
	for (const { key, from, to } of closedQuarters(timeZone)) {
		if (known.some(({ quarter }) => quarter === key)) continue;
		await db()
			.insert(publicFigures)
			.values({ unitId, quarter: key, figures: await figuresOf(unitId, timeZone, { from, to }), closedAt: now() })
			.onConflictDoNothing();
	}
}

/** Each night: the quarters of all offices that tell of them. */
export async function closeAllQuarters(): Promise<void> {
	const offices = await db()
		.select({ id: units.id, timeZone: units.timeZone })
		.from(publicPages)
		.innerJoin(units, eq(units.id, publicPages.unitId))
		.where(eq(publicPages.active, true));
	for (const { id, timeZone } of offices) await closeQuarters(id, timeZone);
}
