import { and, eq, lt, or, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { isLocalDate } from '#lib/calendar/days.ts';
import { isIsoInstant } from '#lib/text/iso-instant.ts';
import { isUuid } from '#lib/text/uuid.ts';

/**
 * A page of a list that is ordered by a moment and an id. The cursor names the page's last row; it is null on the last
 * page.
 */
export interface Page<Item> {
	items: Item[];
	nextCursor: string | null;
}

type Row = { id: string | number };

export const cursorOf = (at: Date, { id }: Row): string => `${at.toISOString()}~${id}`;

/** Makes a page from the rows of a query with the limit `size + 1`. `at` reads the moment that orders them. */
export function pageOf<Item extends Row>(rows: readonly Item[], size: number, at: (row: Item) => Date): Page<Item> {
	const items = rows.slice(0, size);
	const last = items.at(-1);
	return { items, nextCursor: rows.length > size && last ? cursorOf(at(last), last) : null };
}

/**
 * Condition for the rows after a cursor in a list ordered by `at` and `id`; undefined without a valid cursor, which
 * means the first page.
 */
export function beyond(
	cursor: string | undefined,
	[at, id]: readonly [at: AnyPgColumn, id: AnyPgColumn],
	first: 'newest' | 'oldest' = 'newest'
): SQL | undefined {
	const [moment = '', key = ''] = cursor?.split('~') ?? [];
	const type = id.getSQLType();
	if (!isIsoInstant(moment) || !(type === 'uuid' ? isUuid(key) : /^\d{1,15}$/.test(key))) return undefined;
	const later = sql.raw(first === 'newest' ? '<' : '>');
	return sql`(${at}, ${id}) ${later} (${moment}::timestamptz, ${key}::${sql.raw(type)})`;
}

/** The cursor of the next page of a list that is ordered by a day and an id; null on the last page. */
export const dayCursor = (rows: readonly unknown[], size: number, last: { day: string; id: string } | undefined) =>
	rows.length > size && last ? `${last.day}_${last.id}` : null;

/** Condition for the rows after such a cursor, newest first. An invalid cursor starts from the first page. */
export function beyondDay(cursor: string | undefined, [day, id]: readonly [AnyPgColumn, AnyPgColumn]): SQL | undefined {
	const [lastDay = '', lastId = ''] = (cursor ?? '').split('_');
	if (!isLocalDate(lastDay) || !isUuid(lastId)) return undefined;
	return or(lt(day, lastDay), and(eq(day, lastDay), lt(id, lastId)));
}
