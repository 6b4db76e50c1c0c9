import { and, asc, count, eq, not, or, sql, type SQL } from 'drizzle-orm';
import { addDays, instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { releasedBatches, type Batch, type RatedDay } from '#lib/ratings/batches.ts';
import { outcomeOf } from '#lib/ratings/moves.ts';
import { periodNamed } from '#lib/ratings/period.ts';
import { heldBy, type Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, type Score } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';

export type RatedPerson = NonNullable<Awaited<ReturnType<typeof ratedPerson>>>;

/** The officer of an account; undefined if it is no officer's. */
export async function ratedPerson(officerId: string | null) {
	if (officerId === null) return undefined;
	const [me] = await db()
		.select({ id: officers.id, name: officers.name, unitId: units.id, unit: units.name, timeZone: units.timeZone })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(eq(officers.id, officerId));
	return me;
}

/** The first day for which ratings may still arrive; every day before it is closed. */
export function closedBefore({ timeZone }: Pick<RatedPerson, 'timeZone'>): LocalDate {
	return addDays(localDate(now(), timeZone), -LATEST_DAYS);
}

/** The released batches that began within twelve months, each with its counts at the release. */
export async function batchesOut(me: RatedPerson): Promise<Batch[]> {
	const closed = closedBefore(me);
	const days = await ratedDays(me.id);
	// All ratings, counted or not, decide where batches end.
	const spans = releasedBatches(
		days.map(({ day, all }) => ({ day, all, counts: [all, 0, 0, 0, 0] as const })),
		closed
	);
	const late = await lateChanges(and(eq(ratings.officerId, me.id), not(KEPT_LONG)), (day) => {
		const span = spans.find(({ first, last }) => first <= day && day <= last);
		return span && releasedAt(span.last, me.timeZone);
	});
	const asReleased = days.map((day): RatedDay => {
		const counts: [number, number, number, number, number] = [...day.counts];
		for (const { day: of, score, delta } of late) {
			const at = score - 1;
			if (of === day.day) counts[at] = (counts[at] ?? 0) + delta;
		}
		return { ...day, counts };
	});
	const year = periodNamed('twelve_months', localDate(now(), me.timeZone));
	return releasedBatches(asReleased, closed).filter((batch) => batch.first >= year.from);
}

/**
 * A rating that a tablet kept until its day was closed is in no batch, whether or not a manager lets it count. It would move the
 * end of a batch that the officer has seen, and the difference would show that one rating.
 */
export const KEPT_LONG = sql<boolean>`${'kept_long' satisfies Signal} = any(${ratings.signals})`;

async function ratedDays(officerId: string) {
	const theirs = eq(ratings.officerId, officerId);
	// These few were held when they came and decided late, if at all, so an index finds them. They are subtracted from the count of all.
	const late = and(theirs, KEPT_LONG, or(eq(ratings.state, 'held'), ratings.decidedLate));
	const rows = [
		...(await byDayAndScore(theirs)),
		...(await byDayAndScore(late)).map((row) => ({ ...row, all: -row.all, counted: -row.counted }))
	];
	return [...Map.groupBy(rows, (row) => row.day)].map(([day, ofDay]) => {
		const of = (score: number) => ofDay.reduce((sum, row) => sum + (row.score === score ? row.counted : 0), 0);
		return {
			day,
			all: ofDay.reduce((sum, row) => sum + row.all, 0),
			counts: [of(1), of(2), of(3), of(4), of(5)] as const
		};
	});
}

function byDayAndScore(which: SQL | undefined) {
	return db()
		.select({
			day: ratings.day,
			score: ratings.score,
			all: count(),
			counted: sql<number>`(count(*) filter (where ${ratings.state} = 'counted'))::int`
		})
		.from(ratings)
		.where(which)
		.groupBy(ratings.day, ratings.score);
}

/** When figures that end with this day are released: from then on no rating can arrive for it. */
export function releasedAt(last: LocalDate, timeZone: string): Date {
	return instantAt(addDays(last, LATEST_DAYS + 1), '00:00', timeZone);
}

/** Whether figures with this day may be released by now, by the earliest release of any zone. */
export function mayBeReleased(day: LocalDate): boolean {
	return localDate(now(), 'UTC') >= addDays(day, LATEST_DAYS - 1);
}

/** A rating that counted at the release and does not now (1), or the other way round (-1). */
export interface LateChange {
	officerId: string;
	/** The officer's own unit. */
	unitId: string;
	day: LocalDate;
	score: Score;
	delta: 1 | -1;
}

/**
 * What must be added to the present counts to get those of the release. An officer who saw the counts change after a
 * decision would learn the score of that one rating.
 * @param releaseOf when the figures with a day were released; undefined if they are not
 */
export async function lateChanges(
	which: SQL | undefined,
	releaseOf: (day: LocalDate) => Date | undefined
): Promise<LateChange[]> {
	const rows = await db()
		.select({
			id: ratings.id,
			officerId: officers.id,
			unitId: officers.unitId,
			day: ratings.day,
			score: ratings.score,
			state: ratings.state,
			signals: ratings.signals,
			move: ratingDecisions.move,
			at: ratingDecisions.decidedAt
		})
		.from(ratingDecisions)
		.innerJoin(ratings, eq(ratings.id, ratingDecisions.ratingId))
		.innerJoin(officers, eq(officers.id, ratings.officerId))
		.where(and(which, ratings.decidedLate, eq(ratingDecisions.state, 'done')))
		.orderBy(asc(ratingDecisions.decidedAt));
	return [...Map.groupBy(rows, (row) => row.id).values()].flatMap((decisions) => {
		const [rating] = decisions;
		const release = rating && releaseOf(rating.day);
		if (!release) return [];
		const before = decisions.findLast(({ at }) => at !== null && at < release);
		const then = before ? outcomeOf(before.move) : heldBy(rating.signals) ? 'held' : 'counted';
		const delta = Number(then === 'counted') - Number(rating.state === 'counted');
		const { officerId, unitId, day, score } = rating;
		return delta === 0 ? [] : [{ officerId, unitId, day, score, delta: delta as 1 | -1 }];
	});
}
