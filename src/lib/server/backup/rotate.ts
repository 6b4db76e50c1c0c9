import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { and, desc, eq, isNotNull, isNull } from 'drizzle-orm';
import { localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { firstZone } from '#lib/server/people/units/first-zone.ts';
import { backupFolder } from './place.ts';
import { keptBackups } from './retention.ts';
import { backupRules } from './rules.ts';

/** What somebody made today, before an upgrade perhaps, is not pushed out by the next one. */
const YOUNG_MS = 24 * 3_600_000;

/**
 * Lets go of backups that the rules no longer keep. Only those that were verified count as kept, and only those that this
 * site made are touched: whatever else lies in the folder is somebody's.
 */
export async function rotateBackups(): Promise<void> {
	const zone = await firstZone();
	const made = await db()
		.select({ id: backups.id, fileName: backups.fileName, moment: backups.moment })
		.from(backups)
		.where(and(eq(backups.state, 'done'), isNotNull(backups.verifiedAt), isNull(backups.removedAt)))
		.orderBy(desc(backups.moment));
	const dated = made.map((backup) => ({ ...backup, day: localDate(backup.moment ?? now(), zone) }));
	const { daily, weekly, monthly } = await backupRules();
	const kept = keptBackups(dated, { daily, weekly, monthly });
	for (const backup of dated) {
		const young = now().getTime() - (backup.moment ?? now()).getTime() < YOUNG_MS;
		if (kept.has(backup) || young || !backup.fileName) continue;
		await rm(join(backupFolder(), backup.fileName), { force: true });
		await db().update(backups).set({ removedAt: now() }).where(eq(backups.id, backup.id));
	}
}
