import { and, eq, inArray, isNull, notInArray, or } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { workersNow } from '#lib/server/cases/case-staff.ts';
import {
	failedReplies,
	markAlarmed,
	markFailedAlarmed,
	overdueConversations,
	overdueFailed
} from '#lib/server/channels/incoming/overdue-messages.ts';
import { notify } from '#lib/server/channels/notices.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { chainOf, type Unit } from '#lib/server/reference/reference.ts';
import { notifyOfCase } from './case-notice.ts';

/**
 * Runs each minute. Notifies the supervisors of an office, once, of messages that have waited for a decision for one working
 * day, and of those that could not be processed and that nobody has settled in that time. If the messages name all its
 * supervisors, or it has none, those of the nearest office above are notified. Of an e-mail about a case that could not be
 * processed, the people who work on the case are notified at once, because the case does not show it.
 */
export async function notifyOfWaitingMessages(): Promise<void> {
	await notifyOf('waiting', await overdueConversations(), markAlarmed);
	await notifyOf('failed', await overdueFailed(), markFailedAlarmed);
	for (const reply of await failedReplies()) await notifyOfFailedReplies(reply);
}

async function notifyOfFailedReplies({ caseId, ids }: { caseId: number; ids: readonly number[] }): Promise<void> {
	await transaction(async (tx) => {
		const caseWithUnit = await lockCase(tx, caseId);
		if ((await markFailedAlarmed(tx, ids)) === 0) return;
		const workers = await workersNow(tx, caseWithUnit);
		await notifyOfCase(tx, caseWithUnit, workers, { kind: 'unreadable', occasion: ids[0] ?? '' });
	});
}

async function notifyOf(
	state: 'waiting' | 'failed',
	overdue: Awaited<ReturnType<typeof overdueFailed>>,
	mark: typeof markAlarmed
): Promise<void> {
	for (const { unit, named, ids } of overdue) {
		await transaction(async (tx) => {
			const count = await mark(tx, ids);
			if (count === 0) return;
			await notify(tx, await supervisorsOf(tx, unit, named), {
				kind: 'incoming_overdue',
				occasion: `${state}:${unit.id}:${ids[0]}`,
				unitId: unit.id,
				data: { unit: unit.name, count },
				page: '/desk/messages'
			});
		});
	}
}

async function supervisorsOf(tx: Tx, unit: Pick<Unit, 'path'>, named: readonly string[]): Promise<string[]> {
	const chain = chainOf(unit).reverse();
	const holders = await tx
		.select({ accountId: roles.accountId, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.leftJoin(officers, eq(officers.accountId, accounts.id))
		.where(
			and(
				inArray(roles.unitId, chain),
				eq(roles.role, 'supervisor'),
				eq(accounts.active, true),
				or(isNull(officers.id), notInArray(officers.id, [...named]))
			)
		);
	const nearest = chain.find((id) => holders.some(({ unitId }) => unitId === id));
	return holders.filter(({ unitId }) => unitId === nearest).map(({ accountId }) => accountId);
}
