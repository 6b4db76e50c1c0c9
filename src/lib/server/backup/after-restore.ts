import { inArray } from 'drizzle-orm';
import { SKIPPED_NUMBERS, type SkippedNumbers } from '#lib/server/cases/register.ts';
import { markSendingUnknown } from '#lib/server/channels/after-restore.ts';
import { dropPushMessages } from '#lib/server/channels/push/push-delivery.ts';
import { handle, transaction, type Tx } from '#lib/server/db/index.ts';
import { skipAhead } from '#lib/server/db/next-number.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { lockSetting, storeSetting } from '#lib/server/db/settings.ts';
import { markForwardsUnknown } from '#lib/server/escalation/after-restore.ts';
import { enqueue, enqueueMany, startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { cancelWaitingChanges } from '#lib/server/people/access/changes.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { dropAllRecoveryCodes } from '#lib/server/people/sign-in/second-factor.ts';
import { revokeAllTokens } from '#lib/server/people/sign-in/tokens.ts';
import type { Manifest } from './archive-format.ts';

/**
 * Settles a restored database whose sending is held already, so that nothing is sent or numbered twice. Forwards that
 * may have been sent after the backup become `unknown`, and numbers that the lost site may have given out are skipped.
 *
 * @param moment when the backup was made
 * @returns how many e-mails are held, how many forwards and follow-ups became `unknown`, how many jobs were queued again,
 *   and how many API tokens were revoked. E-mails that were being sent at the backup become `unknown` too, and are not counted.
 */
export async function preventRepeats(
	{ pendingEvents, pendingJobs }: Pick<Manifest, 'pendingEvents' | 'pendingJobs'>,
	moment: Date,
	numbersAhead: number
) {
	await startQueue(handle(), false);
	try {
		const { forwards, followups } = await markForwardsUnknown(pendingEvents);
		return await transaction(async (tx) => {
			const heldMails = await markSendingUnknown(tx);
			await dropPushMessages(tx);
			await cancelWaitingChanges(tx);
			const recoveryCodes = await dropAllRecoveryCodes(tx);
			const tokens = await revokeAllTokens(tx);
			await skipNumbers(tx, moment, numbersAhead);
			// The archive holds the row of its own backup, still running.
			await tx.delete(backups).where(inArray(backups.state, ['waiting', 'running']));
			await enqueueMany(tx, 'case-event', pendingEvents);
			for (const { name, data } of pendingJobs) await enqueue(tx, name, data as never);
			const events = pendingEvents.length + pendingJobs.length;
			const settled = { mails: heldMails, forwards, followups, events, numbersAhead, tokens };
			await recordChange(tx, null, {
				action: 'backup.restored',
				subject: 'SPATULA',
				after: { ...settled, recoveryCodes }
			});
			return settled;
		});
	} finally {
		await stopQueue(5);
	}
}

/**
 * Skips numbers that the lost site may have given out between the backup and now: of reports, letters, filed
 * periodic reports, data requests and breaches. Every office skips them in each year of that time, also if it had no
 * number yet.
 */
export async function skipNumbers(tx: Tx, since: Date, ahead: number): Promise<void> {
	if (ahead === 0) return;
	const ofCases = (await skipAhead(tx, since, ahead)).filter(({ kind }) => kind === 'case');
	const gaps = ofCases.map(({ unitId, year, last }): SkippedNumbers => ({
		unitId,
		year,
		from: last - ahead + 1,
		to: last
	}));
	const earlier = (await lockSetting(tx, SKIPPED_NUMBERS)) as SkippedNumbers[] | undefined;
	await storeSetting(tx, SKIPPED_NUMBERS, [...(earlier ?? []), ...gaps]);
}
