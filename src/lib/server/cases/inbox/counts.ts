import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { open, overdue, own, soon, unassigned, waiting } from './filter.ts';
import { visibleTo } from '../scope.ts';

/** Highest count shown; one more means that there are more. Nobody needs to know the exact number above it. */
const COUNTED = 1000;

export type InboxCounts = Record<
	'open' | 'mine' | 'unassigned' | 'overdue' | 'soon' | 'approval' | 'objection',
	number
>;

/** Counts the cases in each view of the desk for this actor, up to `COUNTED` + 1. */
export async function inboxCounts(actor: Actor): Promise<InboxCounts> {
	const seen = visibleTo(actor);
	const count = (...conditions: (SQL | undefined)[]) =>
		sql`(select count(*)::int from (select 1 from ${cases} where ${and(seen, ...conditions)} limit ${COUNTED + 1}) few)`;
	const [row] = await rowsOf<InboxCounts>(
		db(),
		sql`select ${count(open)} as open, ${count(open, own(actor))} as mine, ${count(open, unassigned)} as unassigned,
			${count(open, overdue())} as overdue, ${count(open, soon())} as soon, ${count(open, waiting)} as approval,
			${count(eq(cases.status, 'archived'), isNotNull(cases.objectionAt))} as objection`
	);
	return row ?? { open: 0, mine: 0, unassigned: 0, overdue: 0, soon: 0, approval: 0, objection: 0 };
}
