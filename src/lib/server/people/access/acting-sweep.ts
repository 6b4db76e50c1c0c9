import { and, asc, eq, gt, isNull, lte } from 'drizzle-orm';
import type { Role } from '#lib/cases/vocabulary.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { actingRoles } from '#lib/server/db/schema/people.ts';
import { recordChange } from '../audit.ts';
import { endActingRole, startActingRole } from './acting-heads.ts';
import { recordRemoval } from './changes.ts';

/**
 * Runs each minute: starts the grants whose first day has come, and ends those whose last day is past. A grant of a
 * switched-off account is ended. Requests ignore an ended grant even before this has run (`actorFrom`).
 * @returns whether a grant ended
 */
export async function sweepActingRoles(): Promise<boolean> {
	const { startsAt, endsAt, begunAt, endedAt } = actingRoles;
	const open = isNull(endedAt);
	// First, so that a role that is prolonged is never lost.
	await transaction(async (tx) => {
		const due = await withUsername(tx, and(open, isNull(begunAt), lte(startsAt, now()), gt(endsAt, now())));
		for (const { row, username, active } of due) {
			if (active) await startActingRole(tx, row, username);
			else await endActingRole(tx, row.id);
		}
	});
	return transaction(async (tx) => {
		const due = await withUsername(tx, and(open, lte(endsAt, now())));
		for (const { row, username: subject } of due) {
			const lost = await endActingRole(tx, row.id);
			const { accountId, unitId, kind, order } = row;
			const role = row.role as Role;
			if (lost)
				await recordRemoval(tx, { accountId: null }, { kind: 'role_removed', accountId, unitId, role, over: true });
			const change = { unitId, action: 'role.acting_ended' as const, subject, before: { role, kind, order } };
			if (row.begunAt) await recordChange(tx, null, change);
		}
		return due.length > 0;
	});
}

const withUsername = (tx: Tx, which: ReturnType<typeof and>) =>
	tx
		.select({ row: actingRoles, username: accounts.username, active: accounts.active })
		.from(actingRoles)
		.innerJoin(accounts, eq(accounts.id, actingRoles.accountId))
		.where(which)
		.orderBy(asc(actingRoles.startsAt))
		.for('update', { of: actingRoles });
