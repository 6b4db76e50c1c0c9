import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Seeded } from '#lib/dev/demo/seed.ts';
import { EMAILS_FILE } from '#lib/dev/mail-catcher.ts';
import { lockFolder } from '#lib/server/db/folder-lock.ts';
import { StartError } from '#lib/server/errors.ts';
import { readOrCreateKey } from './key-file.ts';

const ACCOUNTS_FILE = 'demo-accounts.json';
/** Its presence also identifies a folder of the demo. Without it nothing is deleted. */
const KEY_FILE = 'demo-app-key';
const LOCK = 'lock.sock';
/** Files that an interrupted seed leaves behind. */
const SEEDED = ['pglite', 'files', 'lapor-sandbox.json', EMAILS_FILE];

export interface DemoFolder {
	path: string;
	key: string;
	/** True if the demo data still have to be made. */
	empty: boolean;
}

/**
 * Prepares the demo's folder, after emptying it on request. A folder that a running site uses, or that contains other
 * files, stays unchanged.
 *
 * @throws StartError, one line
 */
export async function prepareFolder(path: string, { reset = false } = {}): Promise<DemoFolder> {
	mkdirSync(path, { recursive: true, mode: 0o700 });
	const release = await lockFolder(path);
	try {
		const content = readdirSync(path).filter((name) => name !== LOCK);
		const isDemo = content.includes(KEY_FILE);
		if (!isDemo && content.length > 0)
			throw new StartError(`${path} holds something else than a demo: choose another folder`);
		if (reset) for (const name of content) rmSync(join(path, name), { recursive: true });
		const key = readOrCreateKey(join(path, KEY_FILE));
		const empty = !existsSync(join(path, ACCOUNTS_FILE));
		// The accounts are written last. If they are missing, the seed was interrupted.
		if (empty) for (const name of SEEDED) rmSync(join(path, name), { recursive: true, force: true });
		return { path, key, empty };
	} finally {
		await release();
	}
}

/** Saves the accounts and codes of this demo in a file that only its owner can read. */
export function saveAccounts(folder: string, { accounts, reports }: Seeded): string {
	const path = join(folder, ACCOUNTS_FILE);
	writeFileSync(path, `${JSON.stringify({ accounts, reports }, null, '\t')}\n`, { mode: 0o600 });
	chmodSync(path, 0o600);
	return path;
}

export function accountsOf(path: string): Seeded {
	return JSON.parse(readFileSync(join(path, ACCOUNTS_FILE), 'utf8')) as Seeded;
}
