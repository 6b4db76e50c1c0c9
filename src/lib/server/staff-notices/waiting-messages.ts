import { and, eq, inArray, isNotNull, notInArray } from 'drizzle-orm';
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
import { now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { officers } from '#lib/server/db/schema/units.ts';
import { chainOf, type Unit } from '#lib/server/reference/reference.ts';
import { notifyOfCase } from './case-notice.ts';

/**
 * Runs each minute. Notifies the supervisors of an office, once, of messages that have waited for a decision for one working
 * day, and of those that could not be processed and that nobody has settled in that time. If the messages name all its
 * supervisors, or it has none, those of the nearest office above are notified. Of an e-mail about a case that could not be
 * processed, the people who work on the case are notified at once, because the case does not show it. An office or case
 * that fails does not block the others.
 */
export async function notifyOfWaitingMessages(): Promise<void> {
	await notifyOf('waiting', await overdueConversations(), markAlarmed);
	await notifyOf('failed', await overdueFailed(), markFailedAlarmed);
	const replies = (await failedReplies()).map(({ caseId, ids }) => ({ id: caseId, ids }));
	await eachInTransaction(replies, notifyOfFailedReplies, 'no notice of a failed message of a case was written');
}

async function notifyOfFailedReplies(tx: Tx, { id, ids }: { id: number; ids: readonly number[] }): Promise<void> {
	const caseWithUnit = await lockCase(tx, id);
	if ((await markFailedAlarmed(tx, ids)) === 0) return;
	const workers = await workersNow(tx, caseWithUnit);
	await notifyOfCase(tx, caseWithUnit, workers, { kind: 'unreadable', occasion: `${ids[0]}:${now().getTime()}` });
}

async function notifyOf(
	state: 'waiting' | 'failed',
	overdue: Awaited<ReturnType<typeof overdueFailed>>,
	mark: typeof markAlarmed
): Promise<void> {
	const rows = overdue.map((messages) => ({ ...messages, id: messages.unit.id }));
	const notifyOffice = async (tx: Tx, { unit, named, ids }: (typeof rows)[number]) => {
		const count = await mark(tx, ids);
		if (count === 0) return;
		await notify(tx, await supervisorsOf(tx, unit, named), {
			kind: 'incoming_overdue',
			occasion: `${state}:${unit.id}:${ids[0]}:${now().getTime()}`,
			unitId: unit.id,
			data: { unit: unit.name, count },
			page: '/desk/messages'
		});
	};
	await eachInTransaction(rows, notifyOffice, 'no notice of waiting messages was written');
}

async function supervisorsOf(tx: Tx, unit: Pick<Unit, 'path'>, named: readonly string[]): Promise<string[]> {
	const chain = chainOf(unit).reverse();
	const { accountId, id } = officers;
	const accountsOf = tx
		.select({ accountId })
		.from(officers)
		.where(and(isNotNull(accountId), inArray(id, [...named])));
	const holders = await tx
		.select({ accountId: roles.accountId, unitId: roles.unitId })
		.from(roles)
		.innerJoin(accounts, eq(accounts.id, roles.accountId))
		.where(
			and(
				inArray(roles.unitId, chain),
				eq(roles.role, 'supervisor'),
				eq(accounts.active, true),
				notInArray(roles.accountId, accountsOf)
			)
		);
	const nearest = chain.find((id) => holders.some(({ unitId }) => unitId === id));
	return holders.filter(({ unitId }) => unitId === nearest).map(({ accountId }) => accountId);
}
