import { and, between, count, eq, isNotNull, or, sql } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '../../calendar/days.ts';
import { BATCH_DAYS, BATCH_RATINGS, releasedBatches, totalOf, type Batch } from '../../ratings/batches.ts';
import { periodNamed, quarterStart, type Period } from '../../ratings/period.ts';
import { posterior, priorFor, type Counts } from '../../ratings/statistics.ts';
import { LATEST_DAYS } from '../../ratings/vocabulary.ts';
import { now } from '../clock.ts';
import { db } from '../db/index.ts';
import { ratingDaily, ratings } from '../db/schema/ratings.ts';
import { officers, units } from '../db/schema/units.ts';
import { keyedHex } from '../keys.ts';
import type { Actor } from '../people/actor.ts';
import { ratingMethod } from './method.ts';
import { countsOf, dailySums } from './officer-counts.ts';

export interface OwnRatings {
	officer: { name: string };
	unit: { name: string; mean: number | null };
	/** Of the batches that are out and began within twelve months. */
	n: number;
	distribution: Counts;
	/** null below the minimum number of ratings. */
	range: { mean: number; low: number; high: number } | null;
	minimum: number;
	/** The comments of each batch that has some, newest batch first, shuffled. */
	comments: string[][];
}

/**
 * What an officer may know of the own ratings, made so that it never tells who gave which: only whole batches of at least
 * five ratings from at least three days, only once no rating can arrive for their days any more, and never a day, time,
 * place, service, visit or the score beside a comment. The figures are of the same batches, so that nothing can be learnt
 * from how they change. undefined where the account is no officer's.
 */
export async function ownRatings(actor: Actor): Promise<OwnRatings | undefined> {
	if (actor.officerId === null) return undefined;
	const [me] = await db()
		.select({ id: officers.id, name: officers.name, unitId: units.id, unit: units.name, timeZone: units.timeZone })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(eq(officers.id, actor.officerId));
	if (!me) return undefined;
	const today = localDate(now(), me.timeZone);
	// A rating may come as late as this; with it, the day is closed for good.
	const closed = addDays(today, -LATEST_DAYS);
	const year = periodNamed('twelve_months', today);
	const out = releasedBatches(await ratedDays(me.id), closed).filter((batch) => batch.first >= year.from);
	const counts = totalOf(out);
	const n = counts.reduce((sum, each) => sum + each, 0);
	const { minimum, priorWeight } = await ratingMethod();
	const unit = await unitCounts(me, closed);
	const prior = priorFor(unit.officers, []);
	const { mean, low, high } = posterior(counts, { prior, weight: priorWeight });
	return {
		officer: { name: me.name },
		unit: { name: me.unit, mean: unit.mean },
		n,
		distribution: counts,
		range: n >= minimum ? { mean, low, high } : null,
		minimum,
		comments: await commentsOf(me.id, out)
	};
}

async function ratedDays(officerId: string) {
	const rows = await db()
		.select({
			day: ratings.day,
			score: ratings.score,
			all: count(),
			counted: sql<number>`(count(*) filter (where ${ratings.state} = 'counted'))::int`
		})
		.from(ratings)
		.where(eq(ratings.officerId, officerId))
		.groupBy(ratings.day, ratings.score);
	return [...Map.groupBy(rows, (row) => row.day)].map(([day, scores]) => {
		const of = (score: number) => scores.find((row) => row.score === score)?.counted ?? 0;
		return {
			day,
			all: scores.reduce((sum, row) => sum + row.all, 0),
			counts: [of(1), of(2), of(3), of(4), of(5)] as const
		};
	});
}

/** Shuffled by a keyed hash of the rating's random id: the same order at every look, and none that time left behind. */
async function commentsOf(officerId: string, batches: readonly Batch[]): Promise<string[][]> {
	if (batches.length === 0) return [];
	const rows = await db()
		.select({ id: ratings.id, day: ratings.day, comment: ratings.comment })
		.from(ratings)
		.where(
			and(
				eq(ratings.officerId, officerId),
				eq(ratings.state, 'counted'),
				isNotNull(ratings.comment),
				or(...batches.map((batch) => between(ratings.day, batch.first, batch.last)))
			)
		);
	return batches
		.map((batch) =>
			rows
				.filter((row) => row.day >= batch.first && row.day <= batch.last)
				.map((row) => ({ comment: row.comment ?? '', place: keyedHex('content-hash', row.id, `batch ${batch.first}`) }))
				.sort((a, b) => (a.place < b.place ? -1 : 1))
				.map((row) => row.comment)
		)
		.filter((comments) => comments.length > 0)
		.reverse();
}

/**
 * What the unit's officers were given there over the last four whole quarters. They would tell a colleague's single rating, or the own one before
 * its batch is out, if they moved with each: so they move by quarters, and a quarter counts only where the colleagues
 * have five ratings from three days in it.
 */
async function unitCounts(me: { id: string; unitId: string }, closed: LocalDate) {
	const { from, to } = lastFourQuarters(closed);
	const quarter = sql<string>`to_char(${ratingDaily.day}, 'YYYY-Q')`;
	const rows = await db()
		.select({
			quarter,
			officerId: officers.id,
			days: sql<number>`count(distinct ${ratingDaily.day})::int`,
			...dailySums
		})
		.from(ratingDaily)
		.innerJoin(officers, and(eq(officers.id, ratingDaily.officerId), eq(officers.unitId, me.unitId)))
		.where(and(eq(ratingDaily.unitId, me.unitId), between(ratingDaily.day, from, to)))
		.groupBy(quarter, officers.id);
	const told = [...Map.groupBy(rows, (row) => row.quarter).values()].filter((each) => {
		const colleagues = each.filter((row) => row.officerId !== me.id);
		const ratingsOf = totalOf(colleagues.map((row) => ({ counts: countsOf(row) }))).reduce((sum, n) => sum + n, 0);
		return ratingsOf >= BATCH_RATINGS && Math.max(0, ...colleagues.map((row) => row.days)) >= BATCH_DAYS;
	});
	const perOfficer = [...Map.groupBy(told.flat(), (row) => row.officerId).values()].map((each) =>
		totalOf(each.map((row) => ({ counts: countsOf(row) })))
	);
	const all = totalOf(perOfficer.map((counts) => ({ counts })));
	const n = all.reduce((sum, each) => sum + each, 0);
	const points = all.reduce((sum, each, index) => sum + each * (index + 1), 0);
	return { officers: perOfficer, mean: n > 0 ? points / n : null };
}

function lastFourQuarters(closed: LocalDate): Period {
	const to = addDays(quarterStart(closed), -1);
	return { from: periodNamed('twelve_months', to).from, to };
}
