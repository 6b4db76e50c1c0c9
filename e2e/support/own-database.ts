import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useHandle } from '../../src/lib/server/db/index.ts';
import { openDatabase } from '../../src/lib/server/db/open.ts';
import { overrideEnv } from '../../src/lib/server/env.ts';
import { TEST_KEY } from './site.ts';

/** A new folder with a database, open to this process until it is closed and a site opens it. */
export async function openOwnDatabase(name: string) {
	const folder = await mkdtemp(join(tmpdir(), `spatula-${name}-`));
	const settings = { DATA_DIR: folder, APP_KEY: TEST_KEY, LOG_LEVEL: 'silent' } as const;
	Object.assign(process.env, settings);
	// Settings are read once in a process, and a journey before this one may have read its own.
	overrideEnv(settings);
	const handle = await openDatabase();
	const close = async () => {
		await handle.close();
		useHandle(undefined);
	};
	return { folder, close, remove: () => rm(folder, { recursive: true, force: true }) };
}
