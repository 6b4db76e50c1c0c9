import { asc, inArray } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { toUnknown } from './delivery/after-attempt.ts';
import { queueFollowups } from './followups/followups.ts';
import { changeEscalation, lockEscalation } from './rows.ts';
import { raiseTask } from './tasks.ts';

/**
 * Marks forwards and follow-ups as unknown after a restore, if they were waiting or being sent in the backup: they may have
 * been sent since. A look-up or a person decides about a forward, and a poll or a person about a follow-up.
 * `create_started_at` becomes the time of the restore, so a look-up that finds nothing counts from then on.
 *
 * @param pendingEvents timeline entries whose jobs had not run in the backup
 */
export async function markForwardsUnknown(
	pendingEvents: readonly { caseId: number }[]
): Promise<{ forwards: number; followups: number }> {
	const forwards = await markReportsUnknown();
	// The lost site may have run these jobs since, and sent their follow-ups. As rows they become unknown.
	const ids = [...new Set(pendingEvents.map(({ caseId }) => caseId))];
	// The case of an event may be deleted, at the end of a trial.
	const forwarded = await db()
		.selectDistinct({ caseId: escalations.caseId })
		.from(escalations)
		.where(inArray(escalations.caseId, ids))
		.orderBy(asc(escalations.caseId));
	for (const { caseId } of forwarded)
		await transaction(async (tx) => {
			await lockCase(tx, caseId);
			await queueFollowups(tx, caseId);
		});
	return { forwards, followups: await markFollowupsUnknown() };
}

async function markReportsUnknown(): Promise<number> {
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

async function markFollowupsUnknown(): Promise<number> {
	const marked = await db()
		.update(escalationFollowups)
		.set({ state: 'unknown', nextAttemptAt: null, reasonCode: 'restored', reasonText: null })
		.where(inArray(escalationFollowups.state, ['waiting', 'sending']))
		.returning({ escalationId: escalationFollowups.escalationId });
	for (const id of new Set(marked.map(({ escalationId }) => escalationId)))
		await transaction(async (tx) => void (await raiseTask(tx, await lockEscalation(tx, id), 'followup_unknown')));
	return marked.length;
}
