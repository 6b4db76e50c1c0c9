import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { db, useHandle } from '../../src/lib/server/db/index.ts';
import { openDatabase } from '../../src/lib/server/db/open.ts';
import { accounts } from '../../src/lib/server/db/schema/accounts.ts';
import { overrideEnv } from '../../src/lib/server/env.ts';
import type { Actor } from '../../src/lib/server/people/actor.ts';
import { hashPassword } from '../../src/lib/server/people/password.ts';
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

export const PASSWORD = 'kata sandi panjang untuk uji';

/** Lets every account of the open database sign in with `PASSWORD`. @returns what each actor types to sign in */
export async function giveEverybodyAPassword(): Promise<(actor: Actor) => { username: string; password: string }> {
	await db()
		.update(accounts)
		.set({ passwordHash: await hashPassword(PASSWORD) });
	const rows = await db().select({ id: accounts.id, username: accounts.username }).from(accounts);
	const names = new Map(rows.map(({ id, username }) => [id, username]));
	return ({ accountId }) => ({ username: names.get(accountId ?? '') ?? '', password: PASSWORD });
}
