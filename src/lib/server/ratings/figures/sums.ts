import { and, between, eq, isNull, ne, or, sql, type SQL } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import { localDate, type LocalDate } from '#lib/calendar/days.ts';
import type { ServiceKind } from '#lib/cases/vocabulary.ts';
import { FIGURES, figuresOf, type Countable, type Figure, type Figures } from '#lib/ratings/figures.ts';
import { monthStart } from '#lib/ratings/period.ts';
import { piecesOf, type Piece } from '#lib/ratings/period-pieces.ts';
import type { Counts } from '#lib/ratings/adjusted-score.ts';
import { now } from '#lib/server/clock.ts';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { ratingDaily, ratingMonthly } from '#lib/server/db/schema/ratings.ts';

/** Selects counted ratings: an inclusive range of dates in the unit's zone, and one service or all. */
export interface RatingFilter {
	from: LocalDate;
	to: LocalDate;
	service?: ServiceKind;
}

/** The time zone where each date begins first: no rating of any zone has a later date. */
const EASTMOST = 'Pacific/Kiritimati';

/** The table that a condition applies to: daily or monthly sums. */
export type SumsTable = typeof ratingDaily | typeof ratingMonthly;

type Whose = (table: SumsTable) => SQL | undefined;

/**
 * Subquery of a period's sums: monthly rows, and daily rows at both ends. Their totals are the figures of exactly that
 * period. `month` is the first day of the row's month.
 * @param whose condition by unit or officer; without it the whole table would be read
 */
export const sumsWithin = (filter: RatingFilter, whose: Whose) => sumsWithinEach([filter], whose);

/** As `sumsWithin` for several periods; `nth` is the position of the row's period. */
export function sumsWithinEach(filters: readonly RatingFilter[], whose: Whose) {
	return summed(filters, (table, { service }) => and(eq(table.service, service ?? ALL_SERVICES), whose(table)));
}

/** As `sumsWithin` with one row per service; `service` is null for ratings without a service. */
export function sumsByService(filter: RatingFilter, whose: Whose) {
	return summed([filter], (table, { service }) =>
		and(service ? eq(table.service, service) : or(isNull(table.service), ne(table.service, ALL_SERVICES)), whose(table))
	);
}

function summed(filters: readonly RatingFilter[], which: (table: SumsTable, filter: RatingFilter) => SQL | undefined) {
	const today = localDate(now(), EASTMOST);
	const pieces = filters.flatMap((filter, nth) =>
		piecesOf(filter, today).map((piece) => rowsOfPiece(piece, nth, (table) => which(table, filter)))
	);
	const [first, second, ...rest] = pieces;
	if (!first) throw new RangeError('a period without days has no sums');
	return (second ? unionAll(first, second, ...rest) : first).as('pieces');
}

function rowsOfPiece({ of, from, to }: Piece, nth: number, which: Whose) {
	const table = of === 'months' ? ratingMonthly : ratingDaily;
	const figures = Object.fromEntries(FIGURES.map((name) => [name, sql<number>`${table[name]}`.as(name)]));
	return db()
		.select({
			nth: sql<number>`${sql.raw(String(nth))}`.as('nth'),
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

/** Sums figures over the rows of a `sumsWithin` subquery, by default every figure. */
export const totals = <Name extends Figure = Figure>(pieces: Summed, names: readonly Figure[] = FIGURES) =>
	Object.fromEntries(
		names.map((name) => [name, sql<number>`coalesce(sum(${pieces[name]}), 0)::int`.as(name)])
	) as Record<Name, SQL.Aliased<number>>;

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

/** Service key of the row that counts all services together, so that no query needs to add services. */
export const ALL_SERVICES = '*';

/** The two rows of a table in which a rating is counted. Their order is fixed, so that two ratings never deadlock. */
function keysOf({ unitId, officerId, service, day }: CountedRating) {
	const keyOf = (service: string | null, day: LocalDate) => [unitId, officerId ?? '', service ?? '', day].join('/');
	const rows = (day: LocalDate) => [keyOf(service, day), keyOf(ALL_SERVICES, day)] as const;
	return { daily: rows(day), monthly: rows(monthStart(day)) };
}

const value = (name: string, type: string) => sql`${sql.placeholder(name)}::${sql.raw(type)}`;

/** The figures of a table after those of the inserted row were added. */
const added = (table: SumsTable) =>
	Object.fromEntries(FIGURES.map((name) => [name, sql`${table[name]} + excluded.${columnName(name)}`]));
/** Drizzle names columns in this way, but not those of `excluded`. */
const columnName = (name: Figure) => sql.identifier(name.replace(/[A-Z]/, (letter) => `_${letter.toLowerCase()}`));

/** A part of a statement that adds a rating to the sums of one table, once for each row of `source`. */
function counting(on: Database | Tx, name: 'daily' | 'monthly', source: SQL) {
	const table = name === 'daily' ? ratingDaily : ratingMonthly;
	const figures = sql.join(
		FIGURES.map((figure) => value(`added_${figure}`, 'bigint')),
		sql`, `
	);
	const row = sql`rows.key, ${value('unitId', 'uuid')}, ${value('officerId', 'uuid')}, rows.service,
		${value(name, 'date')}, ${figures}`;
	const rows = sql`(values (1, ${value(`${name}Own`, 'text')}, ${value('service', 'text')}),
		(2, ${value(`${name}All`, 'text')}, ${ALL_SERVICES})) as rows (nth, key, service)`;
	return on.$with(name).as(
		on
			.insert(table)
			.select(sql`select ${row} from ${source}, ${rows} where ${value('counts', 'boolean')} order by rows.nth`)
			.onConflictDoUpdate({ target: table.key, set: added(table) })
			.returning({ key: table.key })
	);
}

/**
 * The parts of a statement that add a rating to the sums, once for each row of `source`. Pass them to `with(…)`, and
 * `countedValues` to `execute`. The monthly rows come after the daily ones, so that two ratings never deadlock.
 */
export function countingOnce(on: Database | Tx, source: SQL) {
	const daily = counting(on, 'daily', source);
	return [daily, counting(on, 'monthly', sql`${source}, (select count(*) from ${daily}) as first`)] as const;
}

/** The values of a rating for `countingOnce`. Ratings of a trial never count. */
export async function countedValues(rating: CountedRating, counts = true) {
	const { unitId, officerId, service, day } = rating;
	const { daily, monthly } = keysOf(rating);
	const figures = figuresOf(rating);
	return {
		...Object.fromEntries(FIGURES.map((name) => [`added_${name}`, figures[name] ?? 0])),
		unitId,
		officerId,
		service,
		daily: day,
		dailyOwn: daily[0],
		dailyAll: daily[1],
		monthly: monthStart(day),
		monthlyOwn: monthly[0],
		monthlyAll: monthly[1],
		counts: counts && !(await isTrialUnit(unitId))
	};
}

/** Adds a rating to the sums, in the transaction that makes it count again. */
export async function countIn(tx: Tx, rating: CountedRating): Promise<void> {
	const [daily, monthly] = countingOnce(tx, sql`(select 1) as once`);
	const counted = tx.with(daily, monthly).select({ key: monthly.key }).from(monthly);
	await counted.prepare('count_in').execute(await countedValues(rating));
}

/** Exactly reverses `countIn`. Empty rows are deleted, so no trace of the rating remains. */
export async function countOut(tx: Tx, rating: CountedRating): Promise<void> {
	if (await isTrialUnit(rating.unitId)) return;
	const keys = keysOf(rating);
	const figures = Object.entries(figuresOf(rating)) as [Figure, number][];
	for (const table of [ratingDaily, ratingMonthly] as const) {
		const set = Object.fromEntries(figures.map(([name, figure]) => [name, sql`${table[name]} - ${figure}`]));
		for (const key of table === ratingDaily ? keys.daily : keys.monthly) {
			const updated = await tx.update(table).set(set).where(eq(table.key, key)).returning({ key: table.key });
			if (updated.length !== 1) throw new Error(`the sums lack ${key}`);
			await tx
				.delete(table)
				.where(and(eq(table.key, key), sql`${table.c1} + ${table.c2} + ${table.c3} + ${table.c4} + ${table.c5} = 0`));
		}
	}
}
