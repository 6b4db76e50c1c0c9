import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '#lib/server/clock.ts';

/** What an archive is called until it was read back to its end. */
const ENDING = '.unfinished';

const RENEW_MS = 60_000;
/** Not renewed for so long, its writer has died. */
const DEAD_MS = 10 * RENEW_MS;

/**
 * The name under which an archive is written, and a sign of life on its file until `end` is called: while an archive is read
 * back nothing is written to it.
 */
export function beginUnfinished(archive: string): { path: string; end: () => void } {
	const path = archive + ENDING;
	const renewing = setInterval(() => void utimes(path, now(), now()).catch(() => {}), RENEW_MS);
	renewing.unref();
	return { path, end: () => clearInterval(renewing) };
}

/** Removes what writers that were killed have left in the folder of backups; what another process writes just now stays. */
export async function removeDeadUnfinished(folder: string): Promise<void> {
	for (const name of await readdir(folder)) {
		if (!name.startsWith('spatula-') || !name.endsWith(ENDING)) continue;
		const path = join(folder, name);
		const found = await stat(path).catch(() => undefined);
		if (found && now().getTime() - found.mtimeMs > DEAD_MS) await rm(path, { force: true });
	}
}
