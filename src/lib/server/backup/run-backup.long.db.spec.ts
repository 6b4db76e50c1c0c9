import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { desc, eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addDays, localDate } from '#lib/calendar/days.ts';
import { reservedBytes } from '#lib/server/attachments/disk-reserve.ts';
import { fileStore } from '#lib/server/attachments/store.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { JOURNAL } from '#lib/server/privacy/retention/journal.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { fourColourImage } from '#lib/dev/testing/photos.ts';
import { STAGING } from './backup-folder.ts';
import { requestBackup, runBackupJob } from './request-backup.ts';
import { backupsPage, downloadBackup } from './list.ts';
import { changeBackupRules, heldInBackups, rotateBackups } from './rules.ts';
import { writeBackup } from './write-backup.ts';

databaseOnDisk();

let admin: Actor;
let regional: Actor;
let attachment = '';
beforeAll(async () => {
	await claimInstallation(handle().database);
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	regional = await makeActor([[unit.id, 'admin']]);
	const bytes = new Uint8Array(await fourColourImage().jpeg().toBuffer());
	await makeCase(unit, {}, { files: [{ name: 'foto.jpg', type: 'image/jpeg', bytes }] });
	for await (const { key } of fileStore().list()) attachment = key;
});
beforeEach(async () => {
	await db().delete(backups);
	await queue().deleteAllJobs('backup');
	overrideEnv({ BACKUP_DIR: undefined, BACKUP_PASSPHRASE: undefined });
});

/**
 * A test of what happens around a backup, which is the same on both databases. On the embedded one every backup opens a
 * second database for seconds, so there `npm run test:all` runs it.
 */
const onEither = test.skipIf(process.env.TEST_DATABASE === 'pglite' && process.env.TEST_ALL === undefined);

const newest = async () => (await db().select().from(backups).orderBy(desc(backups.askedAt)).limit(1))[0];
const folder = () => join(env().DATA_DIR, 'backups');
const archives = async () => (await readdir(folder()).catch(() => [])).filter((name) => name !== JOURNAL);
const ended = (state: 'done' | 'failed', moment: string, more: Partial<typeof backups.$inferInsert> = {}) => {
	const time = new Date(moment);
	return { occasion: 'schedule' as const, state, askedAt: time, seenAt: time, moment: time, verifiedAt: time, ...more };
};

async function backUp(): Promise<typeof backups.$inferSelect> {
	await requestBackup(admin);
	const [job] = await queue().fetch<{ backupId: string }>('backup');
	await runBackupJob(job?.data.backupId ?? '');
	const row = await newest();
	if (!row) throw new Error('no row');
	return row;
}

describe('a backup that an administrator requests', () => {
	test('is written, read back and stored in its row', async () => {
		const row = await backUp();
		expect(row).toMatchObject({ state: 'done', encrypted: false, files: 1, lost: 0, fault: null });
		expect(row.verifiedAt).not.toBeNull();
		expect(await archives()).toContain(row.fileName);
		expect((await archives()).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
		const page = await backupsPage(admin);
		expect(page).toMatchObject({ overdue: false, encrypting: false, others: [] });
		expect(page.list[0]).toMatchObject({ id: row.id, there: true });
	});

	onEither('deletes unfinished archives of killed processes, but not one that another process is writing', async () => {
		await mkdir(folder(), { recursive: true });
		const [dead, alive, foreign] = ['spatula-dead.unfinished', 'spatula-alive.unfinished', 'other.unfinished'].map(
			(name) => join(folder(), name)
		) as [string, string, string];
		for (const path of [dead, alive, foreign]) await writeFile(path, 'half');
		const longAgo = new Date(Date.now() - 11 * 60_000);
		for (const path of [dead, foreign]) await utimes(path, longAgo, longAgo);
		expect((await backUp()).state).toBe('done');
		const remaining = await archives();
		expect(remaining).not.toContain(basename(dead));
		expect(remaining).toEqual(expect.arrayContaining([basename(alive), basename(foreign)]));
		for (const path of [alive, foreign]) await rm(path);
	});

	test('is refused while another one is open, and to an administrator below the root', async () => {
		await requestBackup(admin);
		await expect(requestBackup(admin)).rejects.toMatchObject({ present: { reason: 'backup_running' } });
		await expect(requestBackup(regional)).rejects.toMatchObject({ code: 'root_admin' });
		await expect(backupsPage(regional)).rejects.toMatchObject({ code: 'root_admin' });
	});

	onEither('that began so late that its process counted as dead has no fault in the end', async () => {
		const longAgo = new Date(Date.now() - 3_600_000);
		const requested = { askedAt: longAgo, seenAt: longAgo, endedAt: longAgo };
		const [row] = await db()
			.insert(backups)
			.values({ occasion: 'person', state: 'failed', fault: 'stopped', ...requested })
			.returning();
		await runBackupJob(row?.id ?? '');
		expect(await newest()).toMatchObject({ state: 'done', fault: null });
	});

	test('has a page that shows the free space also before its folder exists', async () => {
		overrideEnv({ BACKUP_DIR: join(env().DATA_DIR, 'baru') });
		expect((await backupsPage(admin)).free).toBeGreaterThan(0);
	});

	onEither('can be downloaded only if encrypted, and each download is in the audit log', async () => {
		const plain = await backUp();
		await expect(downloadBackup(admin, plain.id)).rejects.toMatchObject({ code: 'backup_plain' });
		overrideEnv({ BACKUP_PASSPHRASE: 'kata sandi untuk uji cadangan' });
		const encryptedBackup = await backUp();
		expect(encryptedBackup.encrypted).toBe(true);
		await expect(downloadBackup(regional, encryptedBackup.id)).rejects.toMatchObject({ code: 'root_admin' });
		const { bytes, content } = await downloadBackup(admin, encryptedBackup.id);
		let read = 0;
		for await (const chunk of content) read += (chunk as Buffer).length;
		expect(read).toBe(bytes);
		// Archives made before BACKUP_DIR was set are still in the default folder.
		overrideEnv({ BACKUP_DIR: join(env().DATA_DIR, 'lain') });
		expect((await backupsPage(admin)).list.map(({ there }) => there)).toEqual([true, true]);
		(await downloadBackup(admin, encryptedBackup.id)).content.destroy();
		const entries = await db().select().from(auditEntries).where(eq(auditEntries.action, 'backup.downloaded'));
		expect(entries.map(({ subject }) => subject)).toEqual([encryptedBackup.fileName, encryptedBackup.fileName]);
	});
});

describe('a failed backup stores its reason', () => {
	test('for a BACKUP_DIR below a file', async () => {
		const path = join(env().DATA_DIR, 'bukan-folder');
		await writeFile(path, '');
		overrideEnv({ BACKUP_DIR: join(path, 'x') });
		expect(await backUp()).toMatchObject({ state: 'failed', fault: 'not_writable', fileName: null });
	});

	test.each(['files/cadangan', 'exports', 'incoming', STAGING, 'snapshot'])('for a BACKUP_DIR at %s', async (path) => {
		overrideEnv({ BACKUP_DIR: join(env().DATA_DIR, path) });
		expect(await backUp()).toMatchObject({ state: 'failed', fault: 'not_writable' });
	});

	test('a write error or a stop leaves no file behind', async () => {
		await rm(folder(), { recursive: true, force: true });
		const path = join(folder(), 'arsip');
		await expect(writeBackup(handle(), { path, passphrase: undefined })).rejects.toMatchObject({ code: 'other' });
		await mkdir(folder());
		const stopping = new AbortController();
		const progress = () => stopping.abort();
		const order = { path, passphrase: undefined, progress, signal: stopping.signal };
		await expect(writeBackup(handle(), order)).rejects.toMatchObject({ code: 'stopped' });
		expect(await archives()).toEqual([]);
		expect(await readdir(env().DATA_DIR)).not.toContainEqual(expect.stringContaining('files.held'));
	});

	test('for a disk on which it would use what reports need', async () => {
		const reserve = reservedBytes();
		const withFree = (free: number, place: string) =>
			withDiskSpace((at) => ({ free: at === place ? free : 100 * reserve, size: 100 * reserve }), backUp);
		const short = { state: 'failed', fault: 'disk_full', fileName: null };
		expect(await withFree(reserve - 1, folder())).toMatchObject(short);
		expect(await readdir(folder())).not.toContainEqual(expect.stringContaining('unfinished'));
		// The copy of the embedded database is some megabytes.
		if (handle().kind === 'pglite') expect(await withFree(reserve + 1_000_000, env().DATA_DIR)).toMatchObject(short);
	});

	test.runIf(process.env.TEST_DATABASE === 'pglite')(
		'but the copy that a killed backup left does not make the next one fail',
		async () => {
			const left = join(env().DATA_DIR, 'snapshot');
			await mkdir(left);
			const reserve = reservedBytes();
			const space = () => ({ free: existsSync(left) ? reserve : 100 * reserve, size: 100 * reserve });
			expect(await withDiskSpace(space, backUp)).toMatchObject({ state: 'done' });
			expect(existsSync(left)).toBe(false);
		}
	);

	onEither('a lost or altered file is counted, and the backup succeeds', async () => {
		const content = await fileStore().read(attachment);
		await fileStore().remove(attachment);
		expect(await backUp()).toMatchObject({ state: 'done', lost: 1, files: 0 });
		await fileStore().put(attachment, Buffer.from('lain'));
		expect(await backUp()).toMatchObject({ state: 'done', lost: 1, files: 1 });
		await fileStore().remove(attachment);
		await fileStore().put(attachment, content ?? Buffer.alloc(0));
	});
});

onEither('old backups are deleted by the rules, other files of the folder stay', async () => {
	await changeBackupRules(admin, { daily_on: 'on', hour: '1', daily: '2', weekly: '0', monthly: '0' });
	await rm(folder(), { recursive: true, force: true });
	await mkdir(folder(), { recursive: true });
	const old = ['2026-11-20', '2026-11-21', '2026-11-22'].map(
		(day) => `spatula-${day.replaceAll('-', '')}T000000Z-0000.tar.zst`
	);
	const foreign = 'spatula-20200101T000000Z-0000.tar.zst';
	for (const name of [...old, foreign]) await writeFile(join(folder(), name), 'x');
	await db()
		.insert(backups)
		.values(
			old.map((fileName) =>
				ended('done', `${fileName.slice(8, 12)}-${fileName.slice(12, 14)}-${fileName.slice(14, 16)}T00:00:00Z`, {
					fileName
				})
			)
		);
	const { fileName } = await backUp();
	expect((await archives()).sort()).toEqual([foreign, old[2], fileName].sort());
	// No rule deletes the archive without a row.
	expect(await heldInBackups(new Date('2026-11-22T12:00:00Z'))).toEqual({ count: 2, until: null });
	expect(await heldInBackups(new Date('2019-12-31T00:00:00Z'))).toEqual({ count: 0, until: null });
	expect((await backupsPage(admin)).others.map(({ name }) => name)).toEqual([foreign]);
	await rm(join(folder(), foreign));
	// Daily backups displace the two that are left. Nothing older than the first of them is held.
	const today = localDate(new Date(), 'Asia/Makassar');
	expect(await heldInBackups(new Date('2026-11-22T12:00:00Z'))).toEqual({ count: 1, until: addDays(today, 1) });
	expect(await heldInBackups(new Date('2026-11-21T12:00:00Z'))).toEqual({ count: 0, until: null });
	const page = await backupsPage(admin);
	expect(page.list.map(({ deletedOn }) => deletedOn)).toEqual([addDays(today, 2), addDays(today, 1)]);
});

test('old backups in the default folder are deleted also after BACKUP_DIR was set', async () => {
	await changeBackupRules(admin, { daily_on: 'on', hour: '1', daily: '1', weekly: '0', monthly: '0' });
	const [fileName, newer] = ['spatula-20261119T000000Z-0000.tar.zst', 'spatula-20261120T000000Z-0000.tar.zst'] as const;
	await mkdir(folder(), { recursive: true });
	await writeFile(join(folder(), fileName), 'x');
	overrideEnv({ BACKUP_DIR: join(env().DATA_DIR, 'another disk') });
	await db()
		.insert(backups)
		.values([
			ended('done', '2026-11-19T00:00:00Z', { fileName }),
			ended('done', '2026-11-20T00:00:00Z', { fileName: newer })
		]);
	await rotateBackups();
	expect(existsSync(join(folder(), fileName))).toBe(false);
});

onEither('an old backup that can not be deleted does not spoil the new one', async () => {
	await changeBackupRules(admin, { daily_on: 'on', hour: '1', daily: '1', weekly: '0', monthly: '0' });
	const fileName = 'spatula-20261120T000000Z-0000.tar.zst';
	await mkdir(join(folder(), fileName), { recursive: true });
	await db()
		.insert(backups)
		.values(ended('done', '2026-11-20T00:00:00Z', { fileName }));
	expect(await backUp()).toMatchObject({ state: 'done', fault: null });
	expect((await db().select().from(backups)).map(({ removedAt }) => removedAt)).toEqual([null, null]);
	await rm(join(folder(), fileName), { recursive: true });
});
