import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { db, useHandle } from '../../src/lib/server/db/index.ts';
import { openDatabase } from '../../src/lib/server/db/open.ts';
import { accounts } from '../../src/lib/server/db/schema/accounts.ts';
import { sessions } from '../../src/lib/server/db/schema/people.ts';
import { overrideEnv } from '../../src/lib/server/env.ts';
import { makeSession, openAllOffices } from '../../src/lib/dev/testing/factories.ts';
import { createDatabase } from '../../src/lib/dev/testing/postgres-server.ts';
import type { Role } from '../../src/lib/cases/vocabulary.ts';
import type { Actor } from '../../src/lib/server/people/actor.ts';
import { provideAccount } from '../../src/lib/server/people/first-account.ts';
import { hashPassword } from '../../src/lib/server/people/sign-in/password.ts';
import { journeys } from './journey.ts';
import { startSite, TEST_KEY } from './site.ts';

/**
 * Starts a site on its own database and folder, after `fill` has written its data. `fill` runs in this process, which
 * has the database open meanwhile.
 */
export async function openOwnSite<T extends object>(
	name: string,
	fill: () => Promise<T>,
	settings: Record<string, string> = {}
): Promise<T & { origin: string; stop: () => Promise<void> }> {
	const own = await makeOwnDatabase(name);
	const filled = await fillDatabase(own.settings, fill);
	const site = await startSite({ ...own.settings, ...settings });
	const stop = async () => {
		await site.stop();
		await own.remove();
	};
	return { ...filled, origin: site.origin, stop };
}

/** Runs `fill` while this process has the database of these settings open. */
export async function fillDatabase<T>(settings: Record<string, string>, fill: () => Promise<T>): Promise<T> {
	const here = { ...settings, APP_KEY: TEST_KEY, LOG_LEVEL: 'silent' } as const;
	Object.assign(process.env, here);
	// Settings are read once per process, and an earlier journey may have read its own.
	overrideEnv(here);
	const handle = await openDatabase();
	const filled = await fill();
	await handle.close();
	useHandle(undefined);
	return filled;
}

/** Makes a folder and a migrated database on the server of the run. @returns the settings of a site on both */
export async function makeOwnDatabase(name: string) {
	// With the process id, so that the next run removes the folder if this process is killed.
	const folder = await mkdtemp(join(tmpdir(), `spatula-${name}-${process.pid}-`));
	const url = await createDatabase(journeys().databaseServer, `own_${randomBytes(6).toString('hex')}`, 'empty');
	// The database is removed together with the server. Dropping it would take longer than the whole journey.
	const remove = () => rm(folder, { recursive: true, force: true });
	return { settings: { DATA_DIR: folder, DATABASE_URL: url }, remove };
}

interface Login {
	username: string;
	password: string;
}

/** A session in the open database whose password was typed long ago. @returns the value of its cookie */
export async function openOldSession(accountId: string): Promise<string> {
	const { sessionId } = await makeSession(accountId);
	await db()
		.update(sessions)
		.set({ confirmedAt: new Date(0) })
		.where(eq(sessions.accountId, accountId));
	return sessionId;
}

const OFFICE = { unit: '7600', unitName: 'Kantor Contoh', unitSlug: 'contoh' };

/** Makes an account in the open database, and its office, open to the public, if there is none. @returns its sign-in data */
export async function makeAccount(person: { username: string; name: string; roles: Role[] }, office = OFFICE) {
	const { username, password = '' } = await provideAccount({ ...person, ...office, password: true });
	await openAllOffices();
	return { username, password, name: person.name };
}

/** Sets a password for every account of the open database. @returns the sign-in data of these people */
export async function withPasswords<Name extends string>(people: Record<Name, Actor>): Promise<Record<Name, Login>> {
	const password = 'kata sandi panjang untuk uji';
	await db()
		.update(accounts)
		.set({ passwordHash: await hashPassword(password) });
	const rows = await db().select({ id: accounts.id, username: accounts.username }).from(accounts);
	const logins = Object.entries<Actor>(people).map(([role, { accountId }]) => {
		const username = rows.find(({ id }) => id === accountId)?.username ?? '';
		return [role, { username, password }];
	});
	return Object.fromEntries(logins) as Record<Name, Login>;
}
