import { and, eq, inArray, or, sql } from 'drizzle-orm';
import type { Database, Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { caseOfficers, timeline } from '#lib/server/db/schema/cases.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { officerIsNamed } from '#lib/server/people/actor.ts';

/**
 * The active supervisors whom these cases name, with one row per case, unit and naming: whether the name is only
 * proposed, and who named the officer and when. The person who opened a report counts as naming all its officers, also
 * those whom a colleague added later, because a part that was split off has the names of staff from the start.
 */
export function supervisorsNamed(on: Database | Tx, caseIds: readonly number[]) {
	const { type, data } = timeline;
	const isAbout = eq(sql`${data} ->> 'officer'`, sql`${caseOfficers.officerId}::text`);
	const isNamed = and(eq(type, 'officers_changed'), isAbout, inArray(sql`${data} ->> 'action'`, ['add', 'confirm']));
	return on
		.select({
			caseId: caseOfficers.caseId,
			accountId: accounts.id,
			unitId: roles.unitId,
			isProposed: sql<boolean>`${caseOfficers.state} = 'proposed'`,
			by: timeline.actorId,
			at: timeline.at
		})
		.from(caseOfficers)
		.innerJoin(officers, eq(officers.id, caseOfficers.officerId))
		.innerJoin(accounts, and(eq(accounts.id, officers.accountId), eq(accounts.active, true)))
		.innerJoin(roles, and(eq(roles.accountId, accounts.id), eq(roles.role, 'supervisor')))
		.leftJoin(timeline, and(eq(timeline.caseId, caseOfficers.caseId), or(isNamed, eq(type, 'opened'))))
		.where(and(inArray(caseOfficers.caseId, [...caseIds]), officerIsNamed));
}
