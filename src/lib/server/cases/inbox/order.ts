import { and, asc, desc, gt, gte, isNotNull, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import { isIsoInstant } from '#lib/text/iso-instant.ts';
import { cases } from '#lib/server/db/schema/cases.ts';

/** Position of a cursor: a case's due time (null for none) and its row id. */
export interface CursorPosition {
	due: string | null;
	id: number;
}

/** Direction of paging: towards less urgent and older cases, or back. */
export type Direction = 'older' | 'newer';

/** Most urgent first: by due time, cases without one last. With equal due times, newer cases come first. */
export const inboxOrder = (direction: Direction): SQL[] =>
	direction === 'older'
		? [sql`${cases.dueAt} asc nulls last`, desc(cases.id)]
		: [sql`${cases.dueAt} desc nulls first`, asc(cases.id)];

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
	const beyond = older ? lt(cases.id, id) : gt(cases.id, id);
	if (due === null) {
		const undated = and(isNull(cases.dueAt), beyond);
		return older ? [undated] : [undated, isNotNull(cases.dueAt)];
	}
	const at = sql`${due}::timestamptz`;
	if (older) return [and(gte(cases.dueAt, at), or(gt(cases.dueAt, at), beyond)), isNull(cases.dueAt)];
	return [and(lte(cases.dueAt, at), or(lt(cases.dueAt, at), beyond))];
}
