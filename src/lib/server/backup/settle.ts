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
 * Puts a restored database, which holds everything back already, into a state in which nothing happens twice: what may have
 * been sent after the backup is unknown, and numbers that may be on paper are passed over.
 *
 * @param moment the backup's
 * @returns how many letters were ready to go out, and are held (those on their way are `unknown`, and stay so), how many forwards
 *   and follow-ups were ready or on their way, and are `unknown` now, and how many jobs were taken up again
 */
export async function settleRestored(pendingEvents: Manifest['pendingEvents'], moment: Date, numbersAhead: number) {
	await startQueue(handle(), false);
	try {
		const { forwards, followups } = await markForwardsUnknown();
		return await transaction(async (tx) => {
			const letters = await doubtMails(tx);
			await cancelAllWaitingChanges(tx);
			await passOverNumbers(tx, moment, numbersAhead);
			// The one that was being made is the one restored from: its row can't tell of its own end.
			await tx.delete(backups).where(inArray(backups.state, ['waiting', 'running']));
			await enqueueMany(tx, 'case-event', pendingEvents);
			const settled = { letters, forwards, followups, events: pendingEvents.length, numbersAhead };
			await recordChange(tx, null, { action: 'backup.restored', subject: 'SPATULA', after: settled });
			await removeSetting(tx, 'restoring');
			return settled;
		});
	} finally {
		await stopQueue(5);
	}
}

/**
 * Passes over numbers that the lost site may have given out between the backup and now: of reports, letters and filed
 * periodic reports, of each office, also one that had no number yet, in the years of that time and in no other.
 */
export async function passOverNumbers(tx: Tx, since: Date, ahead: number): Promise<void> {
	if (ahead === 0) return;
	const yearAt = (at: Date) =>
		sql`extract(year from ${at.toISOString()}::timestamptz at time zone ${units.timeZone})::int`;
	const pass = (numbers: Numbers) =>
		rowsOf<{ unitId: string; year: number; last: number }>(
			tx,
			sql`insert into ${numbers} (unit_id, year, last)
				select ${units.id}, lost.year, ${ahead}::int
				from ${units}, generate_series(${yearAt(since)}, ${yearAt(now())}) as lost (year)
				on conflict (unit_id, year) do update set last = ${numbers.last} + excluded.last
				returning unit_id as "unitId", year, last`
		);
	await pass(letterNumbers);
	await pass(recapNumbers);
	const gaps = (await pass(caseNumbers)).map(({ unitId, year, last }): SkippedNumbers => ({
		unitId,
		year,
		from: last - ahead + 1,
		to: last
	}));
	const earlier = (await readSetting(SKIPPED_NUMBERS, tx)) as SkippedNumbers[] | undefined;
	await storeSetting(tx, SKIPPED_NUMBERS, [...(earlier ?? []), ...gaps]);
}
