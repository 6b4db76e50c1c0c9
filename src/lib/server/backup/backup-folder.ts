import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { reservedBytes } from '#lib/server/attachments/disk-reserve.ts';
import { usableFolder } from '#lib/server/db/folder-lock.ts';
import { BACKUP_COPY_FOLDER } from '#lib/server/db/open.ts';
import { diskSpace } from '#lib/server/disk-space.ts';
import { backupFolder, defaultBackupFolder, env } from '#lib/server/env.ts';
import { BackupFault } from './fault.ts';

/** Folders that may contain backups of this site. BACKUP_DIR may have been set after some were made. */
export const formerAndPresentFolders = (): string[] => [...new Set([backupFolder(), defaultBackupFolder()])];

/** How the names of archives begin. They sort by time. */
export const archivePrefix = (moment: Date): string => `spatula-${moment.toISOString().replace(/[-:]|\.\d+/g, '')}`;

const ARCHIVE = /^spatula-\d{8}T\d{6}Z-[0-9a-f]{4}\.tar\.zst(\.age)?$/;

/** The archives in a folder, with their sizes in bytes. */
export async function archivesIn(folder: string): Promise<Map<string, number>> {
	const names = await readdir(folder).catch(() => []);
	const files = new Map<string, number>();
	for (const name of names.filter((name) => ARCHIVE.test(name))) {
		const found = await stat(join(folder, name)).catch(() => undefined);
		if (found) files.set(name, found.size);
	}
	return files;
}

/** The folder in DATA_DIR in which a restore prepares the site. */
export const STAGING = 'restoring';

/** Folders in DATA_DIR whose content the site deletes, or would mix with archives. */
const OWN_FOLDERS = ['pglite', 'files', 'exports', 'incoming', STAGING, BACKUP_COPY_FOLDER];

const within = (folder: string, path: string) => !relative(folder, path).startsWith('..');

/**
 * Creates the folder of backups if it is missing, and checks that it can be written.
 *
 * @throws BackupFault `not_writable`
 */
export async function usableBackupFolder(): Promise<string> {
	const folder = backupFolder();
	for (const own of OWN_FOLDERS)
		if (within(join(env().DATA_DIR, own), folder))
			throw new BackupFault(
				'not_writable',
				`BACKUP_DIR ${folder} can't be used: it lies inside ${own}, which the site keeps for itself`
			);
	await usableFolder(folder, 'BACKUP_DIR').catch((cause: Error) => {
		throw new BackupFault('not_writable', cause.message, { cause });
	});
	return folder;
}

/**
 * Requires the free space that uploads leave too. On a full disk the embedded database stops, and no report can be
 * stored.
 *
 * @param bytes bytes that the caller is going to write into the folder
 * @throws BackupFault `disk_full`
 */
export async function requireBackupSpace(folder: string, bytes = 0): Promise<void> {
	if ((await diskSpace(folder)).free - bytes >= reservedBytes()) return;
	throw new BackupFault(
		'disk_full',
		`too little space in ${folder}: a backup leaves ${env().DISK_RESERVE_MB} MB free (DISK_RESERVE_MB)`
	);
}
