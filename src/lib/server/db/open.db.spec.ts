import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { createDatabase } from '#lib/dev/testing/postgres-server.ts';
import { openTarget } from '#lib/server/backup/target.ts';
import { env, forgetEnv, overrideEnv } from '#lib/server/env.ts';
import { StartError } from '#lib/server/errors.ts';
import { diskStorage } from '#lib/server/integrations/storage/disk.ts';
import { log } from '#lib/server/log.ts';
import { startSite } from '#lib/server/web/site.ts';
import { db, handle, useHandle } from './index.ts';
import { claimInstallation } from './installation.ts';
import { migrateDatabase } from './migrate.ts';
import { connectDatabase, openDatabase } from './open.ts';

afterEach(forgetEnv);

it('a database of another version is not migrated', async () => {
	const change = (set: ReturnType<typeof sql>) => db().execute(sql`update drizzle.__drizzle_migrations set ${set}`);
	await expect(migrateDatabase(handle())).resolves.toBeUndefined();
	await change(sql`hash = 'x' || hash`);
	await expect(migrateDatabase(handle())).rejects.toThrow(/^the database was made by another version .*--reset/);
	await change(sql`hash = substr(hash, 2), created_at = created_at + 1`);
	await expect(migrateDatabase(handle())).rejects.toThrow('the database belongs to a newer SPATULA');
	await change(sql`created_at = created_at - 1`);
	await expect(migrateDatabase(handle())).resolves.toBeUndefined();
});

it.runIf(process.env.TEST_DATABASE === 'postgres')('another APP_KEY is refused before any migration', async () => {
	const opened = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
	await claimInstallation(db());
	const newest = sql`(select max(id) from drizzle.__drizzle_migrations)`;
	// With this row the database is one that the migrations refuse.
	const change = (set: ReturnType<typeof sql>) =>
		db().execute(sql`update drizzle.__drizzle_migrations set hash = ${set} where id = ${newest}`);
	await change(sql`'x' || hash`);
	overrideEnv({ DATABASE_URL: opened.url, APP_KEY: randomBytes(32).toString('base64') });
	await expect(openDatabase()).rejects.toThrow('APP_KEY is not the one this database was made with');
	await change(sql`substr(hash, 2)`);
});

it.runIf(process.env.TEST_DATABASE === 'postgres')('a database of another role says what is not allowed', async () => {
	const opened = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
	const role = `visitor_${randomBytes(6).toString('hex')}`;
	await opened.client.unsafe(`create role ${role} login password 'visitor'`);
	const url = new URL(opened.url);
	// A database without tables, which this role may enter and not change.
	Object.assign(url, { username: role, password: 'visitor', pathname: '/template1' });
	overrideEnv({ DATABASE_URL: url.href });
	await expect(openDatabase()).rejects.toThrow(/^the database can't be prepared: permission denied for database/);
	expect(handle()).toBe(opened);
	await opened.client.unsafe(`drop role ${role}`);
});

it.runIf(process.env.TEST_DATABASE === 'postgres')(
	'an empty database beside files of another one stays empty',
	async () => {
		const opened = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
		const name = `empty_${randomBytes(6).toString('hex')}`;
		const url = await createDatabase(opened.url, name);
		const folder = join(env().DATA_DIR, 'another');
		const key = crypto.randomUUID();
		await diskStorage(join(folder, 'files')).put(key, Buffer.from('a photo'));
		overrideEnv({ DATABASE_URL: url, DATA_DIR: folder });
		const refused = `the database is new, but DATA_DIR ${folder} holds the files of another one`;
		await expect(openDatabase()).rejects.toThrow(refused);
		// Also at the second start, because the first one created no tables.
		await expect(openDatabase()).rejects.toThrow(refused);
		await diskStorage(join(folder, 'files')).remove(key);
		await (await openDatabase()).close();
		useHandle(opened);
		await opened.client.unsafe(`drop database ${name}`);
	}
);

it('no embedded database is created beside files of another one', async () => {
	const folder = join(env().DATA_DIR, 'moved');
	await diskStorage(join(folder, 'files')).put(crypto.randomUUID(), Buffer.from('a photo'));
	overrideEnv({ DATABASE_URL: undefined, DATA_DIR: folder });
	const refused = `the database is new, but DATA_DIR ${folder} holds the files of another one`;
	await expect(openDatabase()).rejects.toThrow(refused);
	expect(await readdir(folder)).not.toContain('pglite');
	// The refusal has unlocked the folder.
	await expect(openDatabase()).rejects.toThrow(refused);
});

it.runIf(process.env.TEST_DATABASE === 'postgres')(
	'a database that is not UTF-8 is neither used nor restored into',
	async () => {
		const opened = handle() as Extract<ReturnType<typeof handle>, { kind: 'postgres' }>;
		const name = `latin_${randomBytes(6).toString('hex')}`;
		await opened.client.unsafe(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
		const url = Object.assign(new URL(opened.url), { pathname: `/${name}` }).href;
		overrideEnv({ DATABASE_URL: url, DATA_DIR: join(env().DATA_DIR, 'restored') });
		const line = "DATABASE_URL can't be used: the database has the encoding LATIN1: create it with UTF8";
		await expect(openDatabase()).rejects.toThrow(line);
		await expect(openTarget()).rejects.toThrow(line);
		await opened.client.unsafe(`drop database ${name}`);
	}
);

it('the start removes the copy of the embedded database that a killed backup left', async () => {
	const folder = join(env().DATA_DIR, 'killed');
	overrideEnv({ DATABASE_URL: undefined, DATA_DIR: folder });
	await mkdir(join(folder, 'snapshot', 'base'), { recursive: true });
	// A file in place of the database's folder stops the start before it creates a database, which takes seconds.
	await writeFile(join(folder, 'pglite'), '');
	const refusal = connectDatabase().catch((error: unknown) => error);
	expect(await refusal).toBeInstanceOf(StartError);
	expect(String(await refusal)).toContain(`the database in DATA_DIR ${folder} can't be opened: EEXIST`);
	expect(await readdir(folder)).not.toContain('snapshot');
});

it('folders that cannot be written stop the start', async () => {
	const opened = handle();
	const file = join(env().DATA_DIR, 'incoming');
	const backups = join(env().DATA_DIR, 'backups');
	await writeFile(file, '');
	await writeFile(backups, '');
	useHandle(undefined);
	try {
		await expect(startSite()).rejects.toThrow(`DATA_DIR ${file} can't be used: EEXIST`);
		await rm(file);
		await expect(startSite()).rejects.toThrow(`BACKUP_DIR ${backups} can't be used: EEXIST`);
		overrideEnv({ DATA_DIR: join(backups, 'data') });
		await expect(openDatabase()).rejects.toThrow(`DATA_DIR ${join(backups, 'data')} can't be used: ENOTDIR`);
	} finally {
		useHandle(opened);
	}
});

it('the start logs a variable that is probably a mistyped setting, and goes on', async () => {
	const opened = handle();
	const folder = join(env().DATA_DIR, 'no-folder');
	await writeFile(folder, '');
	overrideEnv({ DATA_DIR: folder });
	vi.stubEnv('SMPT_URL', 'smtp://user:secret@mail.contoh.go.id');
	useHandle(undefined);
	onTestFinished(() => {
		useHandle(opened);
		vi.unstubAllEnvs();
	});
	const warned = vi.spyOn(log(), 'warn').mockImplementation(() => {});
	await expect(startSite()).rejects.toThrow("can't be used");
	expect(warned.mock.calls).toEqual([['SMPT_URL is not a setting and is ignored: is it meant to be SMTP_URL?']]);
});
