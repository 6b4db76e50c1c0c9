import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { db, useHandle } from '../../src/lib/server/db/index.ts';
import { openDatabase } from '../../src/lib/server/db/open.ts';
import { accounts } from '../../src/lib/server/db/schema/accounts.ts';
import { overrideEnv } from '../../src/lib/server/env.ts';
import type { Actor } from '../../src/lib/server/people/actor.ts';
import { hashPassword } from '../../src/lib/server/people/sign-in/password.ts';
import { journeys } from './journey.ts';
import { TEST_KEY } from './site.ts';

/**
 * A new migrated database and a folder, open to this process until it is closed and a site opens both by `settings`.
 * It is a copy on the server of the run.
 */
export async function openOwnDatabase(name: string) {
	const { settings, remove } = await makeOwnDatabase(name);
	const own = { ...settings, APP_KEY: TEST_KEY, LOG_LEVEL: 'silent' } as const;
	Object.assign(process.env, own);
	// Settings are read once in a process, and a journey before this one may have read its own.
	overrideEnv(own);
	const handle = await openDatabase();
	const close = async () => {
		await handle.close();
		useHandle(undefined);
	};
	return { settings, close, remove };
}

/** The settings of a site with a folder and a migrated database of its own. */
export async function makeOwnDatabase(name: string) {
	const folder = await mkdtemp(join(tmpdir(), `spatula-${name}-`));
	const { databaseServer } = journeys();
	const database = `own_${randomBytes(6).toString('hex')}`;
	const admin = postgres(databaseServer, { max: 1, onnotice: () => {} });
	await admin.unsafe(`create database ${database} template empty strategy file_copy`);
	await admin.end();
	const url = Object.assign(new URL(databaseServer), { pathname: `/${database}` }).href;
	// The database goes with the server: to drop it takes longer than all else that a journey asks of it.
	const remove = () => rm(folder, { recursive: true, force: true });
	return { settings: { DATA_DIR: folder, DATABASE_URL: url }, remove };
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
