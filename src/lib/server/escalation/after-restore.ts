import { inArray } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { toUnknown } from './delivery/after-attempt.ts';
import { changeEscalation, lockEscalation } from './rows.ts';
import { raiseTask } from './tasks.ts';

/**
 * After a restore: forwards and follow-ups that the backup saw waiting or on their way may have been sent since. They become
 * unknown, and a look-up or a person decides. An absence counts from the restore on.
 */
export async function doubtForwards(): Promise<{ forwards: number; followups: number }> {
	return { forwards: await doubtReports(), followups: await doubtFollowups() };
}

async function doubtReports(): Promise<number> {
	const rows = await db()
		.select({ id: escalations.id })
		.from(escalations)
		.where(inArray(escalations.state, ['waiting', 'stuck', 'sending']));
	for (const { id } of rows)
		await transaction(async (tx) => {
			const locked = await lockEscalation(tx, id);
			const set = { createStartedAt: now(), fence: locked.escalation.fence + 1 };
			const escalation = await changeEscalation(tx, locked.escalation, set);
			await toUnknown(tx, { ...locked, escalation }, { code: 'restored' }, true);
		});
	return rows.length;
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
