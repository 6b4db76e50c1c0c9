import { and, eq, exists, isNotNull, or, sql } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { hasOpenStatus } from '#lib/server/cases/inbox/filter.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { notInTrial } from '#lib/server/people/units/trial.ts';
import type { UnitScope } from '#lib/server/ratings/access.ts';

/** The days for which the deadlines of the open reports are counted. */
const AHEAD = 7;

/**
 * The open reports of each person who handles reports of an office: how many, how many late by their earliest deadline, and
 * how many due in the next seven days. Only for supervisors of the office, who distribute its work; undefined for others,
 * and if the board covers several offices. One statement, which counts only reports that the actor may see.
 */
export async function handlerLoads(actor: Actor, unitId: string, scope: UnitScope = 'own') {
	if (scope === 'tree' || !actor.units.supervisor.includes(unitId)) return undefined;
	const at = now().toISOString();
	const ends = fromNow(AHEAD * DAY_MS).toISOString();
	const number = (condition: ReturnType<typeof sql>) => sql<number>`(count(*) filter (where ${condition}))::int`;
	const handles = db()
		.select({ one: sql`1` })
		.from(roles)
		.where(and(eq(roles.accountId, accounts.id), eq(roles.unitId, unitId), eq(roles.role, 'handler')));
	const open = and(
		eq(cases.assigneeId, accounts.id),
		eq(cases.unitId, unitId),
		hasOpenStatus,
		visibleTo(actor),
		notInTrial(cases.unitId)
	);
	return db()
		.select({
			id: accounts.id,
			name: accounts.name,
			open: number(sql`${cases.id} is not null`),
			late: number(sql`${cases.dueAt} < ${at}::timestamptz`),
			soon: number(sql`${cases.dueAt} >= ${at}::timestamptz and ${cases.dueAt} < ${ends}::timestamptz`)
		})
		.from(accounts)
		.leftJoin(cases, open)
		.where(and(eq(accounts.active, true), or(exists(handles), isNotNull(cases.id))))
		.groupBy(accounts.id)
		.orderBy(sql`3 desc`, accounts.name, accounts.id);
}

export type HandlerLoads = NonNullable<Awaited<ReturnType<typeof handlerLoads>>>;
