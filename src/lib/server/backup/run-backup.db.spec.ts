import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { desc, eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fileStore } from '#lib/server/attachments/store.ts';
import { withClock } from '#lib/server/clock.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { queue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { quarters } from '#lib/dev/testing/photos.ts';
import { askForBackup, askForDueBackup, doBackup } from './ask.ts';
import { backupsPage, downloadBackup } from './list.ts';
import { changeBackupRules } from './rules.ts';
import { writeBackup } from './write-backup.ts';

useFreshDatabase({ onDisk: true });

let admin: Actor;
let regional: Actor;
let attachment = '';
beforeAll(async () => {
	await claimInstallation(handle().database);
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	regional = await makeActor([[unit.id, 'admin']]);
	const bytes = new Uint8Array(await quarters().jpeg().toBuffer());
	await makeCase(unit, {}, { files: [{ name: 'foto.jpg', type: 'image/jpeg', bytes }] });
	for await (const { key } of fileStore().list()) attachment = key;
});
beforeEach(async () => {
	await db().delete(backups);
	await queue().deleteAllJobs('backup');
	overrideEnv({ BACKUP_DIR: undefined, BACKUP_PASSPHRASE: undefined });
});

const at = <T>(moment: string, work: () => Promise<T>) => withClock(() => new Date(moment), work);
const newest = async () => (await db().select().from(backups).orderBy(desc(backups.askedAt)).limit(1))[0];
const folder = () => join(env().DATA_DIR, 'backups');
const archives = () => readdir(folder()).catch(() => []);
const ended = (state: 'done' | 'failed', moment: string, more: Partial<typeof backups.$inferInsert> = {}) => {
	const time = new Date(moment);
	return { occasion: 'schedule' as const, state, askedAt: time, seenAt: time, moment: time, verifiedAt: time, ...more };
};

async function backUp(): Promise<typeof backups.$inferSelect> {
	await askForBackup(admin);
	const [job] = await queue().fetch<{ backupId: string }>('backup');
	await doBackup(job?.data.backupId ?? '');
	const row = await newest();
	if (!row) throw new Error('no row');
	return row;
}

describe('a backup that an administrator asks for', () => {
	test('is made, read back and noted', async () => {
		const row = await backUp();
		expect(row).toMatchObject({ state: 'done', encrypted: false, files: 1, lost: 0, fault: null });
		expect(row.verifiedAt).not.toBeNull();
		expect(await archives()).toContain(row.fileName);
		expect((await archives()).filter((name) => name.endsWith('.unfinished'))).toEqual([]);
		const page = await backupsPage(admin);
		expect(page).toMatchObject({ overdue: false, encrypting: false, others: [] });
		expect(page.list[0]).toMatchObject({ id: row.id, there: true });
	});

	test('clears away what killed ones have left, and not what another process is writing', async () => {
		await mkdir(folder(), { recursive: true });
		const [dead, alive, foreign] = ['spatula-dead.unfinished', 'spatula-alive.unfinished', 'other.unfinished'].map(
			(name) => join(folder(), name)
		) as [string, string, string];
		for (const path of [dead, alive, foreign]) await writeFile(path, 'half');
		const long = new Date(Date.now() - 11 * 60_000);
		for (const path of [dead, foreign]) await utimes(path, long, long);
		expect((await backUp()).state).toBe('done');
		const left = await archives();
		expect(left).not.toContain(basename(dead));
		expect(left).toEqual(expect.arrayContaining([basename(alive), basename(foreign)]));
		for (const path of [alive, foreign]) await rm(path);
	});

	test('is one at a time, and a regency has no say in it', async () => {
		await askForBackup(admin);
		await expect(askForBackup(admin)).rejects.toMatchObject({ present: { reason: 'backup_running' } });
		await expect(askForBackup(regional)).rejects.toMatchObject({ code: 'root_admin' });
		await expect(backupsPage(regional)).rejects.toMatchObject({ code: 'root_admin' });
	});

	test('that died with its process makes way for the next', async () => {
		const long = new Date(Date.now() - 3_600_000);
		await db().insert(backups).values({ occasion: 'person', state: 'running', askedAt: long, seenAt: long });
		await askForBackup(admin);
		expect((await db().select().from(backups)).map(({ state, fault }) => [state, fault]).sort()).toEqual([
			['failed', 'stopped'],
			['waiting', null]
		]);
	});

	test('leaves only encrypted by the page, and each time it stands in the log', async () => {
		const plain = await backUp();
		await expect(downloadBackup(admin, plain.id)).rejects.toMatchObject({ code: 'backup_plain' });
		overrideEnv({ BACKUP_PASSPHRASE: 'kata sandi untuk uji cadangan' });
		const sealed = await backUp();
		expect(sealed.encrypted).toBe(true);
		await expect(downloadBackup(regional, sealed.id)).rejects.toMatchObject({ code: 'root_admin' });
		const { bytes, content } = await downloadBackup(admin, sealed.id);
		let read = 0;
		for await (const chunk of content) read += (chunk as Buffer).length;
		expect(read).toBe(bytes);
		const entries = await db().select().from(auditEntries).where(eq(auditEntries.action, 'backup.downloaded'));
		expect(entries.map(({ subject }) => subject)).toEqual([sealed.fileName]);
	});
});

describe('what goes wrong is said', () => {
	test('a folder that is none', async () => {
		const path = join(env().DATA_DIR, 'bukan-folder');
		await writeFile(path, '');
		overrideEnv({ BACKUP_DIR: join(path, 'x') });
		expect(await backUp()).toMatchObject({ state: 'failed', fault: 'not_writable', fileName: null });
	});

	test('a folder inside the files of the site', async () => {
		overrideEnv({ BACKUP_DIR: join(env().DATA_DIR, 'files', 'cadangan') });
		expect(await backUp()).toMatchObject({ state: 'failed', fault: 'not_writable' });
	});

	test('an archive that breaks off leaves nothing of itself', async () => {
		await rm(folder(), { recursive: true, force: true });
		const path = join(folder(), 'arsip');
		await expect(writeBackup(handle(), { path, passphrase: undefined })).rejects.toMatchObject({ code: 'other' });
		await mkdir(folder());
		const stopping = new AbortController();
		const progress = () => stopping.abort();
		const order = { path, passphrase: undefined, progress, signal: stopping.signal };
		await expect(writeBackup(handle(), order)).rejects.toMatchObject({ code: 'stopped' });
		expect(await archives()).toEqual([]);
		expect(await readdir(env().DATA_DIR)).not.toContain('files.held');
	});

	test('an attachment whose file was lost or altered is counted, and the backup made all the same', async () => {
		const content = await fileStore().read(attachment);
		await fileStore().remove(attachment);
		expect(await backUp()).toMatchObject({ state: 'done', lost: 1, files: 0 });
		await fileStore().put(attachment, Buffer.from('lain'));
		expect(await backUp()).toMatchObject({ state: 'done', lost: 1, files: 1 });
		await fileStore().remove(attachment);
		await fileStore().put(attachment, content ?? Buffer.alloc(0));
	});
});

describe('the day’s backup', () => {
	const states = async () => (await db().select().from(backups)).map(({ state }) => state).sort();

	test('is asked for from its hour on, once, in the zone of the office', async () => {
		// 01.00 in Makassar is 17.00 the day before at Greenwich.
		await db().insert(backups).values(ended('done', '2026-11-25T17:05:00Z'));
		await at('2026-11-26T16:59:00Z', askForDueBackup);
		expect(await states()).toEqual(['done']);
		await at('2026-11-26T17:00:00Z', askForDueBackup);
		expect(await states()).toEqual(['done', 'waiting']);
		await at('2026-11-26T17:05:00Z', askForDueBackup);
		expect(await states()).toEqual(['done', 'waiting']);
	});

	test('that failed is tried again after an hour, three times a day', async () => {
		for (const time of ['17:00', '18:00', '19:00']) {
			await at(`2026-11-26T${time}:30Z`, askForDueBackup);
			await db().update(backups).set({ state: 'failed' }).where(eq(backups.state, 'waiting'));
			await at(`2026-11-26T${time}:59Z`, askForDueBackup);
		}
		await at('2026-11-26T22:00:00Z', askForDueBackup);
		expect(await states()).toEqual(['failed', 'failed', 'failed']);
	});

	test('is not asked for where it is switched off', async () => {
		await changeBackupRules(admin, { hour: '1', daily: '7', weekly: '4', monthly: '6' });
		await at('2026-11-26T20:00:00Z', askForDueBackup);
		expect(await states()).toEqual([]);
		await changeBackupRules(admin, { daily_on: 'on', hour: '1', daily: '2', weekly: '0', monthly: '0' });
		await expect(changeBackupRules(admin, { hour: '24', daily: '0' })).rejects.toMatchObject({
			issues: expect.arrayContaining([{ path: 'daily', code: 'backup_number' }])
		});
	});
});

test('old backups go by the rules, those of others stay', async () => {
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
	const page = await backupsPage(admin);
	expect(page.others.map(({ name }) => name)).toEqual([foreign]);
});
