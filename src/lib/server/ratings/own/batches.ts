import { and, count, eq, not, or, sql, type SQL } from 'drizzle-orm';
import { addDays, localDate, type LocalDate } from '#lib/calendar/days.ts';
import { releasedBatches, type Batch, type RatedDay } from '#lib/ratings/batches.ts';
import { periodNamed } from '#lib/ratings/period.ts';
import type { Signal } from '#lib/ratings/signals.ts';
import { LATEST_DAYS } from '#lib/ratings/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { ratings } from '#lib/server/db/schema/ratings.ts';
import { officers, units } from '#lib/server/db/schema/units.ts';
import { lateChanges, releasedAt } from './frozen.ts';

export interface RatedPerson {
	id: string;
	name: string;
	unitId: string;
	unit: string;
	timeZone: string;
}

export async function ratedPerson(officerId: string): Promise<RatedPerson | undefined> {
	const [me] = await db()
		.select({ id: officers.id, name: officers.name, unitId: units.id, unit: units.name, timeZone: units.timeZone })
		.from(officers)
		.innerJoin(units, eq(units.id, officers.unitId))
		.where(eq(officers.id, officerId));
	return me;
}

/** The first day that ratings may still come in for; every day before it is closed for good. */
export function closedBefore({ timeZone }: Pick<RatedPerson, 'timeZone'>): LocalDate {
	return addDays(localDate(now(), timeZone), -LATEST_DAYS);
}

/** The batches that are out and began within twelve months, each with the counts of the day it came out. */
export async function batchesOut(me: RatedPerson): Promise<Batch[]> {
	const closed = closedBefore(me);
	const days = await ratedDays(me.id);
	// Where batches end is decided by all ratings alone; with every one counted, each span shows itself.
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
 * What a tablet kept until its day was closed stands in no batch and under none, before and after a manager lets it count:
 * it would move ends that were seen, and whoever looked before and after would know it alone.
 */
export const KEPT_LONG = sql<boolean>`${'kept_long' satisfies Signal} = any(${ratings.signals})`;

async function ratedDays(officerId: string) {
	const theirs = eq(ratings.officerId, officerId);
	// Held as they came and decided late, if at all: so these few are found by index, and all others are counted in one.
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
