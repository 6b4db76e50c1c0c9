import { and, desc, eq, gte, inArray, lt } from 'drizzle-orm';
import { addDays, instantAt, localDate } from '#lib/calendar/days.ts';
import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { lockKey } from '#lib/server/db/lock-key.ts';
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

/** A backup whose row was not renewed for this long has died with its process. */
const SILENT_MS = 10 * MINUTE_MS;
/** Attempts per day of the scheduled backup, at least an hour apart. */
const ATTEMPTS = 3;

const open = inArray(backups.state, ['waiting', 'running']);

/**
 * Marks backups whose process died as failed. Other requests wait until this transaction ends, so that no two of them
 * find no open backup.
 * @returns whether a backup is waiting or running
 */
async function lockRequests(tx: Tx): Promise<boolean> {
	await lockKey(tx, 'backup');
	await tx
		.update(backups)
		.set({ state: 'failed', fault: 'stopped', endedAt: now() })
		.where(and(open, lt(backups.seenAt, ago(SILENT_MS))));
	const [found] = await tx.select({ id: backups.id }).from(backups).where(open).limit(1);
	return found !== undefined;
}

async function insertRequest(tx: Tx, occasion: 'person' | 'schedule', accountId: string | null): Promise<void> {
	const [row] = await tx
		.insert(backups)
		.values({ occasion, accountId, state: 'waiting', askedAt: now(), seenAt: now() })
		.returning({ id: backups.id });
	if (row) await enqueue(tx, 'backup', { backupId: row.id });
}

/** Requests a backup now. @throws NotAllowed · Conflict if another one is waiting or running */
export async function requestBackup(actor: Actor): Promise<void> {
	await transaction(async (tx) => {
		await requireRootAdmin(actor);
		if (await lockRequests(tx)) throw new Conflict('invalid-move', { reason: 'backup_running' });
		await insertRequest(tx, 'person', actor.accountId);
		await recordChange(tx, actor, { action: 'backup.asked', subject: 'SPATULA' });
	});
}

/**
 * Called every few minutes. Requests the daily backup once its hour has come in the first root unit's time zone, and
 * again an hour after a failure, up to `ATTEMPTS` times.
 */
export async function requestDueBackup(): Promise<void> {
	const rules = await backupRules();
	if (rules.daily_on === 'off') return;
	const zone = await firstZone();
	const hour = `${String(rules.hour).padStart(2, '0')}:00`;
	const today = localDate(now(), zone);
	const begin = [today, addDays(today, -1)].map((day) => instantAt(day, hour, zone)).find((at) => at <= now());
	if (!begin) return;
	await transaction(async (tx) => {
		if (await lockRequests(tx)) return;
		const attempts = await tx
			.select({ state: backups.state, askedAt: backups.askedAt })
			.from(backups)
			.where(and(eq(backups.occasion, 'schedule'), gte(backups.askedAt, begin)))
			.orderBy(desc(backups.askedAt))
			.limit(ATTEMPTS);
		const [last] = attempts;
		const soon = last && last.askedAt > ago(HOUR_MS);
		if (soon || attempts.length === ATTEMPTS || attempts.some(({ state }) => state === 'done')) return;
		await insertRequest(tx, 'schedule', null);
	});
}

/** Makes the backup that a row requests. A failure is stored in the row and logged, and the job doesn't fail. */
export async function runBackupJob(backupId: string): Promise<void> {
	try {
		await runBackup(backupId);
	} catch (error) {
		if (!(error instanceof BackupFault)) throw error;
		log().error({ fault: error.code, error: error.message }, 'the backup failed');
	}
}
