import { and, eq, gt, inArray, ne, or, sql } from 'drizzle-orm';
import { formatDateTime } from '#lib/calendar/format.ts';
import type { Role } from '#lib/cases/vocabulary.ts';
import { ago } from '#lib/server/clock.ts';
import { rowsOf, type Database, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { NotAllowed } from '#lib/server/errors.ts';
import { chainOf, referenceData } from '#lib/server/reference/reference.ts';
import { REMOVED_MS } from './role-units.ts';

const { at, actorId, unitId, action, subject, after } = auditEntries;

/** Entries of the log by which the actor could sign in as the account that is the subject. */
const opensSignIn = or(
	inArray(action, ['account.created', 'password_link.created', 'second_factor.removed']),
	// The owner of an address can have a password link sent to it. An account that was left may have a known password.
	and(eq(action, 'account.changed'), sql`(${after} ->> 'emailChanged' = 'true' or ${after} ->> 'active' = 'true')`)
);

type Needed = { role: Role; unitId: string };

/**
 * Refuses a step that needs two persons if one person may have both accounts (`dependentUntil`).
 * @throws NotAllowed `same_person` with the moment from which the accounts count as two persons
 */
export async function requireIndependent(tx: Tx, pair: readonly [string, string], needed: Needed): Promise<void> {
	const from = await dependentUntil(tx, pair, needed);
	if (!from) return;
	const zone = (await referenceData()).unitById.get(needed.unitId)?.timeZone ?? 'UTC';
	throw new NotAllowed('same_person', { date: formatDateTime(from, zone) });
}

/**
 * From when two accounts count as two persons; undefined if they do so now. One person may have both if, within the last
 * 30 days, an account was created, got the role by which it acts, or got its way to sign in by the other one, or both by
 * a third one. Accounts in between count too. Changes by the operator do not count.
 *
 * @param needed the role by which both act, and its unit
 */
export async function dependentUntil(
	on: Database | Tx,
	[first, second]: readonly [string, string],
	needed: Needed
): Promise<Date | undefined> {
	const unit = (await referenceData()).unitById.get(needed.unitId);
	const givesRole = and(
		inArray(action, ['role.granted', 'role.acting_granted']),
		sql`${after} ->> 'role' = ${needed.role}`,
		inArray(unitId, chainOf(unit))
	);
	const gives = and(gt(at, ago(REMOVED_MS)), ne(actorId, accounts.id), or(opensSignIn, givesRole));
	// `since`: the oldest of the entries between the giver and the account, which is the first to be over.
	const [found] = await rowsOf<{ since: number | null }>(
		on,
		sql`with recursive givers (id, account_id, since) as (
			select id, id, 'infinity'::timestamptz from ${accounts} where ${inArray(accounts.id, [first, second])}
			union select ${actorId}, givers.account_id, least(givers.since, ${at}) from givers
				join ${accounts} on ${accounts.id} = givers.id
				join ${auditEntries} on ${subject} = ${accounts.username} and ${gives})
		select (extract(epoch from max(least(one.since, other.since))) * 1000)::float8 as since
		from givers one join givers other on other.id = one.id
		where one.account_id = ${first} and other.account_id = ${second}`
	);
	return typeof found?.since === 'number' ? new Date(found.since + REMOVED_MS) : undefined;
}
