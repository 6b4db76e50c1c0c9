import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { Conflict } from '#lib/server/errors.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { log } from '#lib/server/log.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { firstZone } from '#lib/server/people/units/find-unit.ts';
import { backupRules } from './rules.ts';
import { runBackup } from './run-backup.ts';
import { BackupFault } from './fault.ts';

/** A backup that has given no sign of life for so long has died with its process. */
const SILENT_MS = 10 * MINUTE_MS;
/** How often a scheduled one that failed is tried in a day, an hour apart. */
const TRIES = 3;

/** Writes down those that died. @returns whether one is on its way */
async function underWay(tx: Tx): Promise<boolean> {
	const open = inArray(backups.state, ['waiting', 'running']);
	await tx
		.update(backups)
		.set({ state: 'failed', fault: 'stopped', endedAt: now() })
		.where(and(open, lt(backups.seenAt, new Date(now().getTime() - SILENT_MS))));
	const [found] = await tx.select({ id: backups.id }).from(backups).where(open).limit(1);
	return found !== undefined;
}

async function ask(tx: Tx, occasion: 'person' | 'schedule', accountId: string | null): Promise<void> {
	const [row] = await tx
		.insert(backups)
		.values({ occasion, accountId, state: 'waiting', askedAt: now(), seenAt: now() })
		.returning({ id: backups.id });
	if (row) await enqueue(tx, 'backup', { backupId: row.id });
}

/** Asks for a backup now. @throws NotAllowed · Conflict if one is on its way */
export async function askForBackup(actor: Actor): Promise<void> {
	await transaction(async (tx) => {
		await requireRootAdmin(tx, actor);
		if (await underWay(tx)) throw new Conflict('invalid-move', { reason: 'backup_running' });
		await ask(tx, 'person', actor.accountId);
		await recordChange(tx, actor, { action: 'backup.asked', subject: 'SPATULA' });
	});
}

/** Every few minutes: asks for the day's backup once its hour has come in the office's zone, and once more where it failed. */
export async function askForDueBackup(): Promise<void> {
	const rules = await backupRules();
	if (rules.daily_on === 'off') return;
	const zone = await firstZone();
	const hour = `${String(rules.hour).padStart(2, '0')}:00`;
	const today = localDate(now(), zone);
	const begin = [today, addDays(today, -1)].map((day) => instantAt(day, hour, zone)).find((at) => at <= now());
	if (!begin) return;
	await transaction(async (tx) => {
		if (await underWay(tx)) return;
		const tries = await tx
			.select({ state: backups.state, askedAt: backups.askedAt })
			.from(backups)
			.where(and(eq(backups.occasion, 'schedule'), gte(backups.askedAt, begin)))
			.orderBy(desc(backups.askedAt))
			.limit(TRIES);
		const [last] = tries;
		const soon = last && now().getTime() - last.askedAt.getTime() < HOUR_MS;
		if (soon || tries.length === TRIES || tries.some(({ state }) => state === 'done')) return;
		await ask(tx, 'schedule', null);
	});
}

/** Makes the backup that a row asks for. What went wrong stands in the row, and that is where it is read. */
export async function doBackup(backupId: string): Promise<void> {
	try {
		await runBackup(backupId);
	} catch (error) {
		if (!(error instanceof BackupFault)) throw error;
		log().error({ fault: error.code, error: error.message }, 'the backup failed');
	}
}
