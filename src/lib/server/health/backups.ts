import { backupOverdue, lastEndedBackup, latestBackup, newestArchiveBytes } from '#lib/server/backup/list.ts';
import { backupFolder } from '#lib/server/backup/place.ts';
import { reservedBytes } from '#lib/server/attachments/room.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import type { Finding } from './finding.ts';

/** How backups go, and whether the next one has room where they lie. */
export async function backupFindings(): Promise<Finding[]> {
	const room = await roomFinding();
	return [await madeFinding(), ...(room ? [room] : [])];
}

/**
 * The newest backup that was read back to its end; one that nobody has read is none. One that failed since is told at
 * once, with its fault: two days later the newest good one would be two days old.
 */
async function madeFinding(): Promise<Finding> {
	const latest = await latestBackup();
	const overdue = await backupOverdue();
	const condition = overdue ? 'bad' : 'good';
	const last = await lastEndedBackup();
	if (last?.state === 'failed') {
		const code = !latest ? 'backup_failed_all' : overdue ? 'backup_failed_old' : 'backup_failed';
		const data = { at: last.endedAt ?? last.askedAt, fault: last.fault ?? 'other', ...(latest ? { latest } : {}) };
		return { subject: 'backup', condition: overdue ? 'bad' : 'watch', code, data };
	}
	if (!latest) return { subject: 'backup', condition, code: 'backup_never' };
	return { subject: 'backup', condition, code: overdue ? 'backup_old' : 'backup_good', data: { latest } };
}

/** The next archive is about as large as the last one, and old ones go only when it is whole. */
async function roomFinding(): Promise<Finding | undefined> {
	const folder = backupFolder();
	const { free } = await diskSpace(folder);
	const need = Math.max(await newestArchiveBytes(), reservedBytes());
	if (free >= need) return undefined;
	return { subject: 'backup', condition: 'bad', code: 'backup_disk_full', data: { folder, free, need } };
}
