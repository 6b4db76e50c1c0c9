import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { and, desc, eq, gt, isNotNull, isNull, max, ne, or } from 'drizzle-orm';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { ago } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { isId } from '#lib/server/db/is-id.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { NotAllowed, NotFound } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { requireRootAdmin } from '#lib/server/people/administration.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { backupFolder, env } from '#lib/server/env.ts';
import type { FaultCode } from './fault.ts';
import { archivesIn, formerAndPresentFolders } from './backup-folder.ts';
import { deletionDays, isKept } from './rules.ts';

const OLD_MS = 2 * DAY_MS;
/** More than the rules can keep. */
const LISTED = 300;
/** Older failures are not listed. */
const FAILURES_MS = 14 * DAY_MS;

export async function latestBackup(): Promise<Date | null> {
	const [found] = await db()
		.select({ moment: max(backups.moment) })
		.from(backups)
		.where(isKept);
	return found?.moment ?? null;
}

/** Whether the latest backup is missing or too old. */
export const isBackupOverdue = (latest: Date | null): boolean => !latest || latest < ago(OLD_MS);

/** The newest backup that succeeded or failed, without those refused because another one was running. */
export async function lastEndedBackup() {
	const ignored: FaultCode = 'already_running';
	const [last] = await db()
		.select({ state: backups.state, fault: backups.fault, askedAt: backups.askedAt, endedAt: backups.endedAt })
		.from(backups)
		.where(or(eq(backups.state, 'done'), and(eq(backups.state, 'failed'), ne(backups.fault, ignored))))
		.orderBy(desc(backups.askedAt), desc(backups.id))
		.limit(1);
	return last;
}

export async function newestArchiveBytes(): Promise<number> {
	const [newest] = await db()
		.select({ bytes: backups.bytes })
		.from(backups)
		.where(and(eq(backups.state, 'done'), isNotNull(backups.bytes)))
		.orderBy(desc(backups.askedAt))
		.limit(1);
	return newest?.bytes ?? 0;
}

/** Data of the page of backups. @throws NotAllowed if the actor administers no root unit */
export async function backupsPage(actor: Actor) {
	await requireRootAdmin(actor);
	const folder = backupFolder();
	const inFolders = await Promise.all(formerAndPresentFolders().map(archivesIn));
	const files = new Map(inFolders.flatMap((found) => [...found]));
	const rows = await db()
		.select({ backup: backups, by: accounts.name })
		.from(backups)
		.leftJoin(accounts, eq(accounts.id, backups.accountId))
		.where(and(isNull(backups.removedAt), or(ne(backups.state, 'failed'), gt(backups.askedAt, ago(FAILURES_MS)))))
		.orderBy(desc(backups.askedAt))
		.limit(LISTED);
	const days = await deletionDays();
	const latest = await latestBackup();
	// `there`: its file is in a folder of backups. `deletedOn`: when what it holds is gone.
	const list = rows.map(({ backup, by }) => ({
		...backup,
		by,
		there: files.has(backup.fileName ?? ''),
		deletedOn: days.get(backup.id) ?? null
	}));
	const known = new Set(list.map(({ fileName }) => fileName));
	const space = await diskSpace(folder).catch(() => undefined);
	return {
		folder,
		free: space?.free ?? null,
		encrypting: env().BACKUP_PASSPHRASE !== undefined,
		latest,
		overdue: isBackupOverdue(latest),
		list,
		/** Archives without a row: copied here by hand, or made after the backup from which this site was restored. */
		others: [...files].filter(([name]) => !known.has(name)).map(([name, bytes]) => ({ name, bytes }))
	};
}

/**
 * Opens an encrypted archive for a root administrator. The audit log records the download before the first byte is
 * sent. An unencrypted archive can't be downloaded, because anybody who gets the file could read it.
 *
 * @throws NotAllowed `root_admin`, `backup_plain` · NotFound
 */
export async function downloadBackup(actor: Actor, id: string) {
	await requireRootAdmin(actor);
	const [backup] = await db().select().from(backups).where(isId(backups.id, id));
	if (!backup?.fileName || backup.removedAt) throw new NotFound(`backup ${id}`);
	if (!backup.encrypted) throw new NotAllowed('backup_plain');
	const name = backup.fileName;
	for (const folder of formerAndPresentFolders()) {
		const bytes = (await archivesIn(folder)).get(name);
		if (bytes === undefined) continue;
		await transaction((tx) => recordChange(tx, actor, { action: 'backup.downloaded', subject: name }));
		return { name, bytes, content: createReadStream(join(folder, name)) };
	}
	throw new NotFound(`backup ${id}`);
}
