import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The key in a file; undefined where there is none. */
export function readKey(path: string): string | undefined {
	return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}

/** The key in a file that only its owner may read; made there the first time. */
export function keyIn(path: string): string {
	if (!existsSync(path)) writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
	return readFileSync(path, 'utf8').trim();
}

/** Where a development site keeps the key that nobody chose. */
export const DEVELOPMENT_KEY = 'development-app-key';
