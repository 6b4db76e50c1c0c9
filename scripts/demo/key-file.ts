import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The key in a file; undefined if there is no file. */
export function readKey(path: string): string | undefined {
	return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/** The key in a file that only its owner may read. Creates the file with a new key if it is missing. */
export function readOrCreateKey(path: string): string {
	if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
	return readFileSync(path, 'utf8').trim();
}

/** Whether the environment gives the key, itself or in a file. */
export const hasKey = (): boolean => Boolean(process.env.APP_KEY || process.env.APP_KEY_FILE);

/** The file with the generated key of a development site. */
export const DEVELOPMENT_KEY_FILE = 'development-app-key';
