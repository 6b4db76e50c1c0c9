import { sql, type SQLWrapper } from 'drizzle-orm';

/**
 * The place of a report among those with the same due time: the oldest first. Of those without one, which are mostly
 * answered, the newest comes first.
 */
export const placeInList = (dueAt: SQLWrapper, id: SQLWrapper) =>
	sql`(case when ${dueAt} is null then -${id} else ${id} end)`;
