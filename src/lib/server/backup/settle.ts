import { eq, inArray } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { handle, transaction } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { doubtForwards } from '#lib/server/escalation/after-restore.ts';
import { enqueueMany, startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { overtakeAllChanges } from '#lib/server/people/access/changes.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { Manifest } from './archive-format.ts';
import { passOverNumbers } from './pass-over.ts';

export interface Settled {
	/** Letters that were ready to go out: held. Those on their way are `unknown`, and stay so. */
	letters: number;
	/** Forwards and follow-ups that were ready or on their way: `unknown` now. */
	forwards: number;
	followups: number;
	/** Jobs taken up again. */
	events: number;
	numbersAhead: number;
}

/**
 * Puts a restored database, which holds everything back already, into a state in which nothing happens twice: what may have
 * been sent after the backup is unknown, and numbers that may be on paper are passed over.
 *
 * @param moment the backup's
 */
export async function settleRestored(
	pendingEvents: Manifest['pendingEvents'],
	moment: Date,
	numbersAhead: number
): Promise<Settled> {
	await startQueue(handle(), false);
	try {
		const { forwards, followups } = await doubtForwards();
		return await transaction(async (tx) => {
			await tx
				.update(mails)
				.set({
					state: 'unknown',
					nextAttemptAt: null,
					leaseUntil: null,
					reason: 'restored from a backup while sending'
				})
				.where(eq(mails.state, 'sending'));
			const waiting = await tx
				.update(mails)
				.set({ leaseUntil: null, nextAttemptAt: now() })
				.where(eq(mails.state, 'waiting'))
				.returning({ id: mails.id });
			await overtakeAllChanges(tx);
			await passOverNumbers(tx, moment, numbersAhead);
			// The one that was being made is the one restored from: its row can't tell of its own end.
			await tx.delete(backups).where(inArray(backups.state, ['waiting', 'running']));
			await enqueueMany(tx, 'case-event', pendingEvents);
			const settled = { letters: waiting.length, forwards, followups, events: pendingEvents.length, numbersAhead };
			await recordChange(tx, null, { action: 'backup.restored', subject: 'SPATULA', after: settled });
			await tx.delete(settings).where(eq(settings.key, 'restoring'));
			return settled;
		});
	} finally {
		await stopQueue(5);
	}
}
