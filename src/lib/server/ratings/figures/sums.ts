import { and, between, eq, isNull, ne, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { FIGURES, figuresOf, type Countable, type Figure, type Figures } from '#lib/ratings/figures.ts';
import { monthStart } from '#lib/ratings/period.ts';
import { piecesOf, type Piece } from '#lib/ratings/pieces.ts';
import type { Counts } from '#lib/ratings/adjusted-score.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Tx } from '#lib/server/db/index.ts';
import { ratingDaily, ratingMonthly } from '#lib/server/db/schema/ratings.ts';

/** Which counted ratings: inclusive days of the unit's zone, one service or all. */
export interface RatingFilter {
	from: LocalDate;
	to: LocalDate;
	service?: ServiceKind;
}

/** Where a day begins first: no rating of any zone lies after it. */
const EASTMOST = 'Pacific/Kiritimati';

/** The table a condition speaks of: the daily or the monthly sums. */
export type SumsTable = typeof ratingDaily | typeof ratingMonthly;

/**
 * The sums of a period as a subquery: monthly rows and the days at its ends. Summed up they are the
 * figures of exactly that period. `month` is the first day of the month a row belongs to.
 * @param whose which rows, by unit or officer: without it the whole table would be read
 */
export function sumsWithin(filter: RatingFilter, whose: (table: SumsTable) => SQL | undefined) {
	return summed(filter, (table) => and(eq(table.service, filter.service ?? ALL_SERVICES), whose(table)));
}

/** The same with a row for each service, or for the one that is asked; `service` is null for ratings that name none. */
export function sumsByService(filter: RatingFilter, whose: (table: SumsTable) => SQL | undefined) {
	const { service } = filter;
	return summed(filter, (table) =>
		and(service ? eq(table.service, service) : or(isNull(table.service), ne(table.service, ALL_SERVICES)), whose(table))
	);
}

function summed(filter: RatingFilter, which: (table: SumsTable) => SQL | undefined) {
	const pieces = piecesOf(filter, localDate(now(), EASTMOST)).map((piece) => rowsOfPiece(piece, which));
	const [first, second, ...rest] = pieces;
	if (!first) throw new RangeError('a period without days has no sums');
	return (second ? unionAll(first, second, ...rest) : first).as('pieces');
}

function rowsOfPiece({ of, from, to }: Piece, which: (table: SumsTable) => SQL | undefined) {
	const table = of === 'months' ? ratingMonthly : ratingDaily;
	const figures = Object.fromEntries(FIGURES.map((name) => [name, sql<number>`${table[name]}`.as(name)]));
	return db()
		.select({
			unitId: table.unitId,
			officerId: table.officerId,
			service: table.service,
			month: sql<LocalDate>`to_char(${table.day}, 'YYYY-MM-"01"')`.as('month'),
			...(figures as Record<Figure, SQL.Aliased<number>>)
		})
		.from(table)
		.where(and(between(table.day, from, to), which(table)));
}

type Summed = ReturnType<typeof sumsWithin>;

/** Every figure summed over the rows of a subquery of `sumsWithin`. */
export const totals = (pieces: Summed) =>
	Object.fromEntries(FIGURES.map((name) => [name, sql<number>`coalesce(sum(${pieces[name]}), 0)::int`])) as Record<
		Figure,
		SQL<number>
	>;

export const countsOf = ({ c1, c2, c3, c4, c5 }: Pick<Figures, 'c1' | 'c2' | 'c3' | 'c4' | 'c5'>): Counts => [
	c1,
	c2,
	c3,
	c4,
	c5
];

/** Columns of a rating that the daily and monthly sums count. */
export interface CountedRating extends Countable {
	unitId: string;
	officerId: string | null;
	service: string | null;
	day: LocalDate;
}

/** Key for all services together, so that no figure adds services up. */
export const ALL_SERVICES = '*';

const TABLES = [
	{ table: ratingDaily, dayOf: (day: LocalDate) => day },
	{ table: ratingMonthly, dayOf: monthStart }
] as const;

/** The two rows a rating counts in, always in this order, so that two ratings never deadlock. */
function rowsFor(rating: CountedRating, day: LocalDate) {
	return [rating.service, ALL_SERVICES].map((service) => ({
		key: [rating.unitId, rating.officerId ?? '', service ?? '', day].join('/'),
		unitId: rating.unitId,
		officerId: rating.officerId,
		service,
		day
	}));
}

/** Counts a rating in the transaction that stores it or lets it count again. */
export async function countIn(tx: Tx, rating: CountedRating): Promise<void> {
	const one = figuresOf(rating);
	for (const { table, dayOf } of TABLES) {
		const rows = rowsFor(rating, dayOf(rating.day)).map((row) => ({ ...row, ...one }));
		await tx
			.insert(table)
			.values(rows)
			.onConflictDoUpdate({ target: table.key, set: changed(table, one, 1) });
	}
}

/** The exact inverse of `countIn`; also deletes empty rows, so that no trace of the rating remains. */
export async function countOut(tx: Tx, rating: CountedRating): Promise<void> {
	const one = figuresOf(rating);
	for (const { table, dayOf } of TABLES) {
		for (const { key } of rowsFor(rating, dayOf(rating.day))) {
			const taken = await tx
				.update(table)
				.set(changed(table, one, -1))
				.where(eq(table.key, key))
				.returning({ key: table.key });
			if (taken.length !== 1) throw new Error(`the sums lack ${key}`);
			await tx
				.delete(table)
				.where(and(eq(table.key, key), sql`${table.c1} + ${table.c2} + ${table.c3} + ${table.c4} + ${table.c5} = 0`));
		}
	}
}

function changed(table: SumsTable, one: Partial<Record<Figure, number>>, sign: 1 | -1): Partial<Record<Figure, SQL>> {
	const touched = FIGURES.filter((name) => one[name] !== undefined);
	return Object.fromEntries(touched.map((name) => [name, sql`${table[name]} + ${sign * (one[name] ?? 0)}`]));
}
