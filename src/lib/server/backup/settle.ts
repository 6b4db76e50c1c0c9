import { inArray, sql } from 'drizzle-orm';
import { SKIPPED_NUMBERS, type SkippedNumbers } from '#lib/server/cases/register.ts';
import { doubtMails } from '#lib/server/channels/after-restore.ts';
import { now } from '#lib/server/clock.ts';
import { handle, rowsOf, transaction, type Tx } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { units } from '#lib/server/db/schema/units.ts';
import { caseNumbers, letterNumbers, recapNumbers, type Numbers } from '#lib/server/db/schema/numbers.ts';
import { readSetting, removeSetting, storeSetting } from '#lib/server/db/settings.ts';
import { markForwardsUnknown } from '#lib/server/escalation/after-restore.ts';
import { enqueueMany, startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { cancelAllWaitingChanges } from '#lib/server/people/access/changes.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import type { Manifest } from './archive-format.ts';

/**
 * Settles a restored database whose sending is held already, so that nothing is sent or numbered twice. Forwards that
 * may have been sent after the backup become `unknown`, and numbers that the lost site may have given out are skipped.
 *
 * @param moment when the backup was made
 * @returns how many e-mails are held, how many forwards and follow-ups became `unknown`, and how many jobs were queued
 *   again. E-mails that were being sent at the backup become `unknown` too, and are not counted.
 */
export async function settleRestored(pendingEvents: Manifest['pendingEvents'], moment: Date, numbersAhead: number) {
	await startQueue(handle(), false);
	try {
		const { forwards, followups } = await markForwardsUnknown();
		return await transaction(async (tx) => {
			const heldMails = await doubtMails(tx);
			await cancelAllWaitingChanges(tx);
			await skipNumbers(tx, moment, numbersAhead);
			// The archive holds the row of its own backup, still running.
			await tx.delete(backups).where(inArray(backups.state, ['waiting', 'running']));
			await enqueueMany(tx, 'case-event', pendingEvents);
			const settled = { letters: heldMails, forwards, followups, events: pendingEvents.length, numbersAhead };
			await recordChange(tx, null, { action: 'backup.restored', subject: 'SPATULA', after: settled });
			await removeSetting(tx, 'restoring');
			return settled;
		});
	} finally {
		await stopQueue(5);
	}
}

/**
 * Skips numbers that the lost site may have given out between the backup and now: of reports, letters and filed
 * periodic reports. Every office skips them in each year of that time, also if it had no number yet.
 */
export async function skipNumbers(tx: Tx, since: Date, ahead: number): Promise<void> {
	if (ahead === 0) return;
	const yearAt = (at: Date) =>
		sql`extract(year from ${at.toISOString()}::timestamptz at time zone ${units.timeZone})::int`;
	const skip = (numbers: Numbers) =>
		rowsOf<{ unitId: string; year: number; last: number }>(
			tx,
			sql`insert into ${numbers} (unit_id, year, last)
				select ${units.id}, lost.year, ${ahead}::int
				from ${units}, generate_series(${yearAt(since)}, ${yearAt(now())}) as lost (year)
				on conflict (unit_id, year) do update set last = ${numbers.last} + excluded.last
				returning unit_id as "unitId", year, last`
		);
	await skip(letterNumbers);
	await skip(recapNumbers);
	const gaps = (await skip(caseNumbers)).map(({ unitId, year, last }): SkippedNumbers => ({
		unitId,
		year,
		from: last - ahead + 1,
		to: last
	}));
	const earlier = (await readSetting(SKIPPED_NUMBERS, tx)) as SkippedNumbers[] | undefined;
	await storeSetting(tx, SKIPPED_NUMBERS, [...(earlier ?? []), ...gaps]);
}
