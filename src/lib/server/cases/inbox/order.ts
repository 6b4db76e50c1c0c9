import { and, asc, desc, gt, gte, isNotNull, isNull, lt, lte, or, sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { isIsoInstant } from '#lib/text/iso-instant.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { placeInList } from '#lib/server/db/schema/place-in-list.ts';

/** Position of a cursor: a case's due time (null for none) and its row id. */
export interface CursorPosition {
	due: string | null;
	id: number;
}

/** Direction of paging: towards less urgent and older cases, or back. */
export type Direction = 'older' | 'newer';

/** Most urgent first: by due time, cases without one last. With equal due times, `placeInList` decides. */
export const inboxOrder = (direction: Direction, { dueAt, id }: Record<'dueAt' | 'id', SQLWrapper> = cases): SQL[] =>
	direction === 'older'
		? [sql`${dueAt} asc nulls last`, asc(placeInList(dueAt, id))]
		: [sql`${dueAt} desc nulls first`, desc(placeInList(dueAt, id))];

export const inboxCursorOf = (item: { dueAt: Date | null; id: number }) =>
	`${item.dueAt?.toISOString() ?? '-'}~${item.id}`;

/** Parses a cursor; undefined if it is invalid. */
export function readCursor(cursor: string | undefined): CursorPosition | undefined {
	const [due = '', id = ''] = cursor?.split('~') ?? [];
	if (!/^\d{1,15}$/.test(id) || (due !== '-' && !isIsoInstant(due))) return undefined;
	return { due: due === '-' ? null : due, id: Number(id) };
}

/**
 * Conditions for the cases after a position, to be queried one after the other. Cases with and without a due time are
 * separate queries, so that each index scan starts at the position.
 */
export function rangesAfter({ due, id }: CursorPosition, direction: Direction): (SQL | undefined)[] {
	const older = direction === 'older';
	const place = placeInList(cases.dueAt, cases.id);
	const reached = sql`${due === null ? -id : id}::bigint`;
	const beyond = older ? gt(place, reached) : lt(place, reached);
	if (due === null) {
		const undated = and(isNull(cases.dueAt), beyond);
		return older ? [undated] : [undated, isNotNull(cases.dueAt)];
	}
	const at = sql`${due}::timestamptz`;
	if (older) return [and(gte(cases.dueAt, at), or(gt(cases.dueAt, at), beyond)), isNull(cases.dueAt)];
	return [and(lte(cases.dueAt, at), or(lt(cases.dueAt, at), beyond))];
}
