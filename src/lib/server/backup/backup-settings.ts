import { access, constants, mkdir, open, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { env } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { BackupFault } from './fault.ts';

/** The folder of backups: BACKUP_DIR, or `backups` in DATA_DIR. */
export const backupFolder = (): string => env().BACKUP_DIR ?? join(env().DATA_DIR, 'backups');

const within = (folder: string, path: string) => !relative(folder, path).startsWith('..');

/**
 * Creates the folder of backups if it is missing, and checks that it can be written.
 *
 * @throws BackupFault `not_writable`
 */
export async function usableBackupFolder(): Promise<string> {
	const folder = backupFolder();
	const refused = (why: string, cause?: unknown) =>
		new BackupFault('not_writable', `BACKUP_DIR ${folder} can't be used: ${why}`, { cause });
	for (const own of ['pglite', 'files'])
		if (within(join(env().DATA_DIR, own), folder))
			throw refused(`it lies inside ${own}, which the site keeps for itself`);
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await access(folder, constants.W_OK | constants.X_OK);
	} catch (cause) {
		throw refused((cause as Error).message, cause);
	}
	return folder;
}

/** Syncs the folder to the disk, so that a rename in it survives a power cut. */
export async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, 'r');
	await folder.sync().finally(() => folder.close());
}

const MIN_PASSPHRASE_CHARACTERS = 16;

/**
 * The passphrase that encrypts backups; undefined if they are not encrypted.
 *
 * @throws StartError if BACKUP_PASSPHRASE_FILE can't be read or holds less than 16 characters
 */
export async function backupPassphrase(): Promise<string | undefined> {
	const { BACKUP_PASSPHRASE, BACKUP_PASSPHRASE_FILE: path } = env();
	if (!path) return BACKUP_PASSPHRASE;
	const text = await readFile(path, 'utf8').catch((error: Error) => {
		throw new StartError(`BACKUP_PASSPHRASE_FILE can't be read: ${error.message}`);
	});
	const passphrase = text.replace(/\r?\n$/, '');
	if (passphrase.length < MIN_PASSPHRASE_CHARACTERS)
		throw new StartError(`BACKUP_PASSPHRASE_FILE must hold at least ${MIN_PASSPHRASE_CHARACTERS} characters`);
	return passphrase;
}
