import { and, asc, gt, inArray } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { toUnknown } from './delivery/apply-outcome.ts';
import { changeEscalation, lockEscalation } from './rows.ts';
import { raiseTask } from './tasks.ts';

const BATCH = 500;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * After a restore: a forward that the backup saw as ready or on its way may have been sent since, and so may a follow-up.
 * They are unknown now, and a look-up or a person decides, as of any other. An absence counts from the restore on.
 */
export async function doubtForwards(): Promise<{ forwards: number; followups: number }> {
	return { forwards: await doubtReports(), followups: await doubtFollowups() };
}

async function doubtReports(): Promise<number> {
	let doubted = 0;
	for (let last = NOBODY; ;) {
		const rows = await db()
			.select({ id: escalations.id })
			.from(escalations)
			.where(and(gt(escalations.id, last), inArray(escalations.state, ['waiting', 'stuck', 'sending'])))
			.orderBy(asc(escalations.id))
			.limit(BATCH);
		for (const { id } of rows) {
			await transaction(async (tx) => {
				const locked = await lockEscalation(tx, id);
				const escalation = await changeEscalation(tx, locked.escalation, {
					createStartedAt: now(),
					fence: locked.escalation.fence + 1,
					queuedAt: null
				});
				await toUnknown(tx, { ...locked, escalation }, { code: 'restored' }, true);
			});
			last = id;
			doubted += 1;
		}
		if (rows.length < BATCH) return doubted;
	}
}

async function doubtFollowups(): Promise<number> {
	const doubted = await db()
		.update(escalationFollowups)
		.set({ state: 'unknown', nextAttemptAt: null, reasonCode: 'restored', reasonText: null })
		.where(inArray(escalationFollowups.state, ['waiting', 'sending']))
		.returning({ escalationId: escalationFollowups.escalationId });
	for (const id of new Set(doubted.map(({ escalationId }) => escalationId)))
		await transaction(async (tx) => void (await raiseTask(tx, await lockEscalation(tx, id), 'followup_unknown')));
	return doubted.length;
}
