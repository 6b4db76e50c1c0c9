import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asc, desc, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { requestBackup, runBackupJob } from '#lib/server/backup/request-backup.ts';
import { listNotices, readNotice } from '#lib/server/channels/notice-list.ts';
import { setQuietHours } from '#lib/server/channels/push/quiet-hours.ts';
import { addDevice } from '#lib/server/channels/push/subscriptions.ts';
import { sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { queueMail } from '#lib/server/channels/mail-queue.ts';
import { db, handle, transaction } from '#lib/server/db/index.ts';
import { claimInstallation } from '#lib/server/db/installation.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { connections } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { roles } from '#lib/server/db/schema/people.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { findingsOf } from '#lib/server/health/report.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { databaseOnDisk } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';
import { deliveredBy, kindsOf, usePushService } from '#lib/dev/testing/channels/use-push-service.ts';
import { emailsTo, giveEmailAddress } from '#lib/dev/testing/notices.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { notifyOfTrouble } from './site-trouble.ts';

// A backup reads the files of the embedded database.
databaseOnDisk();
const server = useMailServer();
const service = usePushService();

let admin: Actor;
let address: string;
beforeEach(async () => {
	for (const table of [notices, backups, connections, roles]) await db().delete(table);
	const root = await makeUnit();
	admin = await makeActor([[root.id, 'admin']]);
	address = await giveEmailAddress(admin);
	await makeActor([[root.id, 'supervisor']]);
	await makeActor([[(await makeUnit({ parent: root })).id, 'admin']]);
});

const GIGABYTE = 1024 ** 3;
/** The sweep, with space on the disk so that a full test machine is no trouble. */
const swept = () => withDiskSpace(() => ({ free: 30 * GIGABYTE, size: 40 * GIGABYTE }), notifyOfTrouble);
/** What people were notified of in this test, and of which part of the site. */
async function told(): Promise<string[]> {
	const rows = await db().select().from(notices).orderBy(asc(notices.at), asc(notices.id));
	expect(rows.every(({ accountId }) => accountId === admin.accountId)).toBe(true);
	return rows.map(({ kind, data }) => `${kind} ${String(data.subject)}`);
}
const subjects = async () => (await emailsTo(address)).map(({ subject }) => subject);

describe('root administrators are notified once of trouble and once when it is over', () => {
	it('with a mail server that is away, by push message, without an e-mail that could not leave', async () => {
		await addDevice(admin, { device: 'Ponsel', ...service().browser() });
		await setQuietHours(admin, { begins: '00:00', ends: '00:00' });
		const mail = { kind: 'notice' as const, subject: 'Uji', body: 'Uji.', caseId: null };
		const write = (key: string) =>
			transaction((tx) =>
				queueMail(tx, {
					...mail,
					onceKey: key,
					to: { accountId: admin.accountId ?? '', address: 'x@contoh.invalid' }
				})
			);
		/** Tries to send what is due, so many minutes after the start. */
		const sent = (minutes: number) =>
			atTime(new Date(Date.now() + minutes * 60_000), async () => {
				await sweepMails();
				for (const { id } of await db().select().from(mails)) await runMailJobs(id);
				await swept();
				return kindsOf(await deliveredBy(service()));
			});
		await write('1');
		const comeBack = await server.goDown();
		for (const minutes of [0, 2]) await sent(minutes);
		expect(await told()).toEqual([]);
		expect(await sent(8)).toEqual(['site_trouble']);
		expect(await sent(9)).toEqual([]);
		expect(await told()).toEqual(['site_trouble mail']);
		expect(await subjects()).toEqual([]);
		await comeBack();
		for (const minutes of [30, 31]) await sent(minutes);
		expect(await told()).toEqual(['site_trouble mail', 'site_recovered mail']);
		expect(await subjects()).toEqual(['Pulih: E-mail']);
	});

	it('with a folder of backups that cannot be written, again after it had worked', async () => {
		await claimInstallation(handle().database);
		await mkdir(env().DATA_DIR, { recursive: true });
		const blocked = join(env().DATA_DIR, 'bukan-folder');
		await writeFile(blocked, '');
		const backedUp = async (folder: string | undefined) => {
			overrideEnv({ BACKUP_DIR: folder });
			await requestBackup(admin);
			const [row] = await db().select().from(backups).orderBy(desc(backups.askedAt)).limit(1);
			await runBackupJob(row?.id ?? '');
			await swept();
			await swept();
		};
		await swept();
		expect(await told()).toEqual([]);
		await backedUp(join(blocked, 'x'));
		expect(await told()).toEqual(['site_trouble backup']);
		await backedUp(undefined);
		expect(await told()).toEqual(['site_trouble backup', 'site_recovered backup']);
		await backedUp(join(blocked, 'x'));
		expect(await told()).toEqual(['site_trouble backup', 'site_recovered backup', 'site_trouble backup']);
		expect(await subjects()).toEqual(['Gangguan: Cadangan', 'Pulih: Cadangan', 'Gangguan: Cadangan']);
		overrideEnv({ BACKUP_DIR: undefined });
	});

	it('with work after a timeline entry that keeps failing, but not while it may still succeed soon', async () => {
		const failed = (times: number) =>
			db().execute(sql`update pgboss.job set state = 'retry', retry_count = ${times} where name = 'case-event'`);
		const codes = async () => (await findingsOf('jobs')).map(({ code }) => code);
		await db().execute(sql`delete from pgboss.job`);
		await transaction((tx) => enqueue(tx, 'case-event', { caseId: 1, seq: 1 }));
		await failed(4);
		await swept();
		expect([await codes(), await told()]).toEqual([[expect.not.stringContaining('failing')], []]);
		for (const times of [5, 6]) {
			await failed(times);
			await swept();
			expect(await told()).toEqual(['site_trouble jobs']);
		}
		expect(await codes()).toContain('jobs_failing');
		await db().execute(sql`delete from pgboss.job`);
		await swept();
		expect(await told()).toEqual(['site_trouble jobs', 'site_recovered jobs']);
	});

	it('with each connection that fails, also while another one has failed for long', async () => {
		const failed = async (id: string, hours: number) => {
			const lastErrorAt = new Date(Date.now() - hours * 3_600_000);
			await db().update(connections).set({ lastError: 'lost', lastErrorAt }).where(eq(connections.id, id));
			await swept();
			await swept();
			return told();
		};
		const [first, second] = [await makeConnection(await makeUnit()), await makeConnection(await makeUnit())];
		const trouble = 'site_trouble channels';
		expect(await failed(first.id, 480)).toEqual([trouble]);
		expect(await failed(second.id, 3)).toEqual([trouble, trouble]);
		// It worked in between.
		expect(await failed(second.id, 1)).toEqual([trouble, trouble, trouble]);
		await db().update(connections).set({ lastError: null, lastErrorAt: null });
		await swept();
		expect(await told()).toEqual([trouble, trouble, trouble, 'site_recovered channels']);
		expect(await subjects()).toEqual([...Array(3).fill('Gangguan: Kanal'), 'Pulih: Kanal']);
		// Both fail together.
		await db()
			.update(connections)
			.set({ lastError: 'lost', lastErrorAt: new Date(Date.now() - 3_600_000) });
		await swept();
		expect(await told()).toHaveLength(6);
		expect(await subjects()).toHaveLength(5);
	});

	it('with less space than DISK_RESERVE_MB, and not at each turn around the limit', async () => {
		overrideEnv({ DISK_RESERVE_MB: 1_000_000_000 });
		await notifyOfTrouble();
		expect(await told()).toContain('site_trouble disk');
		await db().delete(notices);
		overrideEnv({ DISK_RESERVE_MB: 1024 });
		const at = (free: number) => withDiskSpace(() => ({ free, size: 40 * GIGABYTE }), notifyOfTrouble);
		for (const gigabytes of [0.9, 1.1, 0.9, 0.9]) await at(gigabytes * GIGABYTE);
		expect((await told()).filter((one) => one.endsWith('disk'))).toEqual(['site_trouble disk']);
		await at(20 * GIGABYTE);
		expect((await told()).filter((one) => one.endsWith('disk'))).toEqual(['site_trouble disk', 'site_recovered disk']);
		const { items } = await listNotices(admin);
		const trouble = items.find(({ kind, data }) => kind === 'site_trouble' && data.subject === 'disk');
		// Done, and it leads to the page with the cause.
		expect(trouble?.readAt).not.toBeNull();
		expect(await readNotice(admin, trouble?.id ?? '')).toBe('/admin/health');
		overrideEnv({ DISK_RESERVE_MB: 200 });
	});
});
