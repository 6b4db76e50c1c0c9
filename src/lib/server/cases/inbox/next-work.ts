import { and, desc, eq, inArray, ne, not, or, type SQL } from 'drizzle-orm';
import { OPEN_STATUSES } from '#lib/cases/moves.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { peopleDeputisedFor } from '#lib/server/people/absence.ts';
import { accountIdOf, type Actor } from '#lib/server/people/actor.ts';
import { numbered } from '../find.ts';
import { visibleTo } from '../visibility.ts';
import { assignedTo, hasWaitingDraft, inboxCondition, type InboxFilter } from './filter.ts';
import { unassigned } from '../case-staff.ts';
import { inboxOrder } from './order.ts';

/**
 * The report that the actor just handled, with what the desk opens next. Undefined if the actor may not see the report
 * any more.
 */
export async function handledReport(actor: Actor, reference: string) {
	const [found] = await db()
		.select({ reference: cases.reference, opens: accounts.afterAction })
		.from(cases)
		.innerJoin(accounts, eq(accounts.id, accountIdOf(actor)))
		.where(and(numbered(reference), visibleTo(actor)));
	return found;
}

/** References that are read; the desk shows "99+" for the last. */
const COUNTED = 100;

/**
 * References of the reports that wait for the actor, most urgent first, at most 100: open reports that are unassigned, or
 * assigned to the actor or to a person for whom the actor is deputy today. Reports that wait for the reporter or for a
 * second person are left out. Forwarded ones are not: the office's deadlines run until another agency takes them over.
 *
 * @param handled the report that was just handled. It is left out, although it may need a further step
 * @param within the list from which the person came. Without it, all reports
 */
export const workAfter = async (actor: Actor, handled?: string, within?: InboxFilter): Promise<string[]> =>
	(await waitingFor(actor, handled, within)).map(({ reference }) => reference);

/** After a verification: of the reports that wait for the actor those to verify, or all if none is to be verified. */
export async function workAfterVerification(actor: Actor, handled: string, within?: InboxFilter) {
	const rows = await waitingFor(actor, handled, within, desc(eq(cases.status, 'received')));
	const unverified = rows.filter(({ status }) => status === 'received');
	const work = unverified.length > 0 ? unverified : rows;
	return { work: work.map(({ reference }) => reference), toVerify: unverified.length > 0 };
}

async function waitingFor(actor: Actor, handled: string | undefined, within: InboxFilter = {}, ...first: SQL[]) {
	const status = OPEN_STATUSES.filter((one) => within.status?.includes(one) ?? true);
	if (status.length === 0) return [];
	const absent = (await peopleDeputisedFor(actor.accountId)).map(({ id }) => id);
	return db()
		.select({ reference: cases.reference, status: cases.status })
		.from(cases)
		.where(
			and(
				inboxCondition(actor, { ...within, status }),
				ne(cases.status, 'needs_info'),
				or(assignedTo(actor), inArray(cases.assigneeId, absent), unassigned),
				not(hasWaitingDraft),
				handled ? ne(cases.reference, handled) : undefined
			)
		)
		.orderBy(...first, ...inboxOrder('older'))
		.limit(COUNTED);
}
