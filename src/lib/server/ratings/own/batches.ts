import { and, asc, count, eq, not, or, sql, type SQL } from 'drizzle-orm';
import { addDays, instantAt, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { releasedBatches, type Batch, type RatedDay } from '#lib/ratings/batches.ts';
import { outcomeOf } from '#lib/ratings/moves.ts';
import { periodNamed } from '#lib/ratings/period.ts';
import { holdsRating, type Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS, type Score } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratingDecisions, ratings } from '#lib/server/db/schema/ratings.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';

export type RatedPerson = NonNullable<Awaited<ReturnType<typeof ratedPerson>>>;

/** Returns the officer with this id and their unit; undefined if there is none. */
export async function ratedPerson(officerId: string | null) {
	const { officerById, unitById } = await referenceData();
	const officer = officerById.get(officerId ?? '');
	const unit = unitById.get(officer?.unitId ?? '');
	if (!officer || !unit) return undefined;
	return { id: officer.id, name: officer.name, unitId: unit.id, unit: unit.name, timeZone: unit.timeZone };
}

/** The first day for which ratings may still arrive. All earlier days are closed. */
export function closedBefore({ timeZone }: Pick<RatedPerson, 'timeZone'>): LocalDate {
	return addDays(localDate(now(), timeZone), -LATEST_DAYS);
}

/** Released batches that began within the last twelve months, each with its counts at the time of release. */
export async function releasedBatchesOf(me: RatedPerson): Promise<Batch[]> {
	const closed = closedBefore(me);
	const days = await ratedDays(me.id);
	// The ends of batches depend on all ratings, whether counted or not.
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
 * Matches ratings that a tablet sent after their day was closed. They are in no batch, even if a manager lets them
 * count: such a rating would move the end of a batch the officer has seen, and the difference would reveal that one
 * rating.
 */
export const KEPT_LONG = sql<boolean>`${'kept_long' satisfies Signal} = any(${ratings.signals})`;

async function ratedDays(officerId: string) {
	const ofOfficer = eq(ratings.officerId, officerId);
	// These few ratings were held on arrival and decided later or not at all. An index finds them, and they are
	// subtracted from the total.
	const late = and(ofOfficer, KEPT_LONG, or(eq(ratings.state, 'held'), ratings.decidedLate));
	const rows = [
		...(await byDayAndScore(ofOfficer)),
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
		.where(and(which, notInTrial(ratings.unitId)))
		.groupBy(ratings.day, ratings.score);
}

/** Time at which figures that end with this day are released. From then on no rating for the day is accepted. */
export function releasedAt(last: LocalDate, timeZone: string): Date {
	return instantAt(addDays(last, LATEST_DAYS + 1), '00:00', timeZone);
}

/** Whether figures that include this day may already be released in some time zone. */
export function mayBeReleased(day: LocalDate): boolean {
	return localDate(now(), 'UTC') >= addDays(day, LATEST_DAYS - 1);
}

/** `delta` is 1 if the rating counted at the release but does not count now, and -1 for the reverse. */
export interface LateChange {
	officerId: string;
	/** The officer's own unit. */
	unitId: string;
	day: LocalDate;
	score: Score;
	delta: 1 | -1;
}

/**
 * Returns the differences between the counts at the release and the present counts. An officer who saw counts change
 * after a decision would learn the score of that one rating.
 * @param releaseOf time at which figures with this day were released; undefined if they are not released
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
		const then = before ? outcomeOf(before.move) : holdsRating(rating.signals) ? 'held' : 'counted';
		const delta = Number(then === 'counted') - Number(rating.state === 'counted');
		const { officerId, unitId, day, score } = rating;
		return delta === 0 ? [] : [{ officerId, unitId, day, score, delta: delta as 1 | -1 }];
	});
}
