import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { storeFile } from '#lib/server/attachments/disk-reserve.ts';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { attachments, cases } from '#lib/server/db/schema/cases.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { dropProgress } from '#lib/server/db/job-progress.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { storeSetting } from '#lib/server/db/settings.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { env, overrideEnv } from '#lib/server/env.ts';
import { RESTORED } from '#lib/server/outgoing-hold.ts';
import { findingsOf, siteHealth } from './report.ts';
import { HEARTBEAT_KEY, noteHeartbeat } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeCase, makeUnit, makeUser } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';

let admin: Actor;
beforeEach(async () => {
	await db().delete(laporCircuits);
	await db().delete(mails);
	overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined, LAPOR_MODE: 'manual', LIMITS: true, DEMO: false });
	admin = await makeActor([[(await makeUnit()).id, 'admin']]);
});

const DIRECT = { forwarded: false };
/** Condition and code of each subject. */
async function conditions(actor = admin, seen = DIRECT): Promise<Record<string, string>> {
	const all = await siteHealth(actor, seen);
	return Object.fromEntries(all.map(({ subject, condition, code }) => [subject, `${condition} ${code}`]));
}

/** Stores a backup that ended so many hours ago. */
function addBackup(hours: number, state: 'done' | 'failed', more: Partial<typeof backups.$inferInsert> = {}) {
	const askedAt = new Date(Date.now() - hours * 3_600_000);
	const made = state === 'done' ? { moment: askedAt, verifiedAt: askedAt, bytes: 5 * 1024 ** 3 } : {};
	const times = { askedAt, seenAt: askedAt, endedAt: askedAt };
	return db()
		.insert(backups)
		.values({ occasion: 'schedule', state, ...times, ...made, ...more });
}

describe('the site’s health', () => {
	it('is shown only to administrators of a root unit', async () => {
		const root = await makeUnit();
		const below = await makeActor([[(await makeUnit({ parent: root })).id, 'admin']]);
		await expect(siteHealth(below, DIRECT)).rejects.toMatchObject({ name: 'NotAllowed' });
		const supervisor = await makeActor([[root.id, 'supervisor']]);
		await expect(siteHealth(supervisor, DIRECT)).rejects.toMatchObject({ name: 'NotAllowed' });
	});

	it('names open offices without a handler or a supervisor who has a password', async () => {
		const root = await makeUnit({ name: 'Kantor Tanpa Orang' });
		const below = await makeUnit({ name: 'Kantor Di Bawahnya', parent: root });
		await makeUser([[root.id, 'supervisor']], 'kata sandi contoh');
		await makeActor([[root.id, 'handler']]);
		await makeUser([[below.id, 'handler']], 'kata sandi contoh');
		const found = await findingsOf('offices');
		const namesIn = (code: string) => String(found.find((one) => one.code === code)?.data?.names);
		expect(namesIn('offices_handlers')).toContain(root.name);
		expect(namesIn('offices_handlers')).not.toContain(below.name);
		expect(namesIn('offices_supervisors')).not.toMatch(/Tanpa Orang|Di Bawahnya/);
	});

	it('reports a folder of files that can’t be written, or is another one than the files were stored in', async () => {
		const { DATA_DIR } = env();
		const own = await mkdtemp(join(tmpdir(), 'spatula-health-'));
		onTestFinished(async () => {
			overrideEnv({ DATA_DIR });
			await db().delete(attachments);
			await rm(own, { recursive: true });
		});
		await makeCase(await makeUnit());
		const [{ caseId } = { caseId: 0 }] = await db().select({ caseId: cases.id }).from(cases);
		const id = crypto.randomUUID();
		const file = { id, caseId, name: 'foto.jpg', mediaType: 'image/jpeg', bytes: 4, sha256: 'a', at: new Date() };
		await db().insert(attachments).values(file);
		overrideEnv({ DATA_DIR: own });
		expect((await conditions()).disk).toBe('bad disk_files_missing');
		await storeFile(Buffer.from('foto'), id);
		expect((await conditions()).disk).not.toBe('bad disk_files_missing');
		await writeFile(join(own, 'blocked'), 'not a folder');
		overrideEnv({ DATA_DIR: join(own, 'blocked') });
		expect(await findingsOf('disk')).toMatchObject([{ condition: 'bad', code: 'disk_unwritable' }]);
	});

	it('distinguishes a full disk from a low one, and lists urgent findings first', async () => {
		const GIGABYTE = 1024 ** 3;
		const checkSite = () => siteHealth(admin, DIRECT);
		const disk = (free: number) => withDiskSpace(() => ({ free, size: 40 * GIGABYTE }), checkSite);
		const codeOf = async (free: number) => (await disk(free)).find(({ subject }) => subject === 'disk')?.code;
		expect(await codeOf(20 * GIGABYTE)).toBe('disk_good');
		expect(await codeOf(3 * GIGABYTE)).toBe('disk_low');
		expect(await codeOf(0.1 * GIGABYTE)).toBe('disk_full');
		const conditions = (await disk(0.1 * GIGABYTE)).map(({ condition }) => condition);
		const order = ['bad', 'watch', 'off', 'good'];
		expect(conditions).toEqual(conditions.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
		expect(conditions[0]).toBe('bad');
	});

	it('shows whether jobs are running', async () => {
		// In the first minutes of a process, a missing heartbeat is no error.
		const afterMinutes = (minutes: number) => atTime(new Date(Date.now() + minutes * 60_000), () => conditions());
		await dropProgress(db(), HEARTBEAT_KEY);
		expect((await afterMinutes(6)).jobs).toBe('bad jobs_never');
		await noteHeartbeat();
		expect((await afterMinutes(4)).jobs).toBe('good jobs_good');
		expect((await afterMinutes(6)).jobs).toBe('bad jobs_silent');
		expect((await afterMinutes(-3)).jobs).toBe('bad jobs_silent');
		const started = -process.uptime() / 60;
		await dropProgress(db(), HEARTBEAT_KEY);
		expect((await afterMinutes(started + 4)).jobs).toBe('good jobs_starting');
	});

	it('accepts a backup that was read back completely, for two days', async () => {
		await addBackup(1, 'done', { verifiedAt: null });
		expect((await conditions()).backup).toBe('bad backup_never');
		await addBackup(50, 'done');
		expect((await conditions()).backup).toBe('bad backup_old');
		await addBackup(2, 'done');
		expect((await conditions()).backup).toBe('good backup_good');
	});

	it('shows a failed backup at once, until a later backup succeeds', async () => {
		await db().delete(backups);
		await addBackup(60, 'failed', { fault: 'not_writable' });
		expect((await conditions()).backup).toBe('bad backup_failed_all');
		await addBackup(50, 'done');
		expect((await conditions()).backup).toBe('bad backup_old');
		await addBackup(26, 'failed', { fault: 'disk_full' });
		expect((await conditions()).backup).toBe('bad backup_failed_old');
		await addBackup(25, 'done');
		expect((await conditions()).backup).toBe('good backup_good');
		await addBackup(1, 'failed', { fault: 'disk_full' });
		const failed = (await siteHealth(admin, DIRECT)).find(({ code }) => code === 'backup_failed');
		expect(failed).toMatchObject({ condition: 'watch', data: { fault: 'disk_full' } });
		// A backup that was requested while another was running is no failure.
		await db().delete(backups).where(eq(backups.fault, 'disk_full'));
		await addBackup(0.5, 'failed', { fault: 'already_running' });
		expect((await conditions()).backup).toBe('good backup_good');
	});

	it('shows that the next backup does not fit into the folder of backups, also on a separate disk', async () => {
		const GIGABYTE = 1024 ** 3;
		await addBackup(0, 'done');
		overrideEnv({ BACKUP_DIR: '/mnt/cadangan-contoh' });
		const codes = (free: number) =>
			withDiskSpace(
				(folder) => ({ free: folder === '/mnt/cadangan-contoh' ? free : 30 * GIGABYTE, size: 40 * GIGABYTE }),
				async () => (await siteHealth(admin, DIRECT)).map(({ code }) => code)
			);
		expect(await codes(4 * GIGABYTE)).toEqual(expect.arrayContaining(['backup_disk_full', 'disk_good']));
		expect(await codes(6 * GIGABYTE)).not.toContain('backup_disk_full');
		overrideEnv({ BACKUP_DIR: undefined });
	});

	it('shows the state of the connection to LAPOR', async () => {
		expect((await conditions()).lapor).toBe('off lapor_manual_idle');
		overrideEnv({ LAPOR_MODE: 'api', LAPOR_BASE_URL: undefined });
		expect((await conditions()).lapor).toBe('bad lapor_settings');
		overrideEnv({ LAPOR_BASE_URL: 'http://127.0.0.1:1', LAPOR_BEARER: 'x', LAPOR_TOKEN: 'x' });
		expect((await conditions()).lapor).toBe('good lapor_unused');
		const openUntil = new Date(Date.now() + 60_000);
		await db().insert(laporCircuits).values({ endpoint: 'create', failures: 5, openUntil });
		expect((await conditions()).lapor).toBe('bad lapor_open');
		const halted = { endpoint: 'connection', haltedAt: new Date(), haltedReason: '{"code":"unauthorised"}' };
		await db().insert(laporCircuits).values(halted);
		expect((await conditions()).lapor).toBe('bad lapor_halted');
		overrideEnv({ LAPOR_MODE: 'manual' });
		expect((await conditions()).lapor).toBe('bad lapor_halted');
	});

	it('shows the state of sending e-mails', async () => {
		expect((await conditions()).mail).toBe('watch mail_off');
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		expect((await conditions()).mail).toBe('good mail_unused');
		const row = (state: string, createdAt = new Date()) => ({
			kind: 'digest',
			onceKey: `${state} ${createdAt.toISOString()}`,
			address: 'kepala@contoh.invalid',
			subject: 'x',
			body: 'x',
			state,
			createdAt,
			waitsFrom: createdAt,
			sentAt: state === 'sent' ? createdAt : null
		});
		await db().insert(mails).values(row('sent'));
		expect((await conditions()).mail).toBe('good mail_good');
		const after = (minutes: number) => new Date(Date.now() + minutes * 60_000);
		await db()
			.insert(mails)
			.values([row('failed', after(1)), row('unknown', after(2))]);
		expect((await conditions()).mail).toBe('watch mail_undecided');
		await db()
			.insert(mails)
			.values({ ...row('failed', after(3)), reason: '550 5.1.1 User unknown' });
		expect((await conditions()).mail).toBe('watch mail_undecided');
		await db()
			.insert(mails)
			.values(row('failed', after(4)));
		expect((await conditions()).mail).toBe('bad mail_lost');
		await db()
			.insert(mails)
			.values(row('sent', after(4)));
		await db()
			.insert(mails)
			.values({ ...row('waiting', new Date(Date.now() - 2 * 3_600_000)), attempts: 3 });
		// Another e-mail was sent since, so only this recipient is unreachable.
		expect((await conditions()).mail).toBe('watch mail_undecided');
		await db().delete(mails).where(eq(mails.state, 'sent'));
		expect((await conditions()).mail).toBe('bad mail_held_up');
	});

	it('shows after a restore that e-mails wait for a decision, not for the mail server', async () => {
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		const createdAt = new Date(Date.now() - 2 * 3_600_000);
		const email = { kind: 'digest', onceKey: 'held', address: 'kepala@contoh.invalid', subject: 'x', body: 'x' };
		await db()
			.insert(mails)
			.values({ ...email, state: 'waiting', createdAt, waitsFrom: createdAt });
		const restored = (releasedAt: string | null) =>
			storeSetting(db(), RESTORED, { from: createdAt, at: createdAt, releasedAt });
		await restored(null);
		expect(await conditions()).toMatchObject({ outgoing: 'bad outgoing_held', mail: 'good mail_unused' });
		await restored(new Date().toISOString());
		expect(await conditions()).toMatchObject({ mail: 'bad mail_held_up' });
		expect(await conditions()).not.toHaveProperty('outgoing');
		await db().delete(settings).where(eq(settings.key, RESTORED));
	});

	it('has one finding for each setting that looks wrong', async () => {
		expect((await conditions()).settings).toBe('good settings_good');
		overrideEnv({ LIMITS: false, NODE_ENV: 'production', ORIGIN: ['http://spatula.contoh.go.id'] });
		const codes = (await siteHealth(admin, { forwarded: true }))
			.filter(({ subject }) => subject === 'settings')
			.map(({ code }) => code);
		expect(codes.sort()).toEqual(['settings_limits', 'settings_origin', 'settings_proxy']);
		// The proxy setup of the guide is good, also without a token for metrics.
		overrideEnv({ LIMITS: true, ORIGIN: ['https://spatula.contoh.go.id'], TRUST_PROXY: 1, METRICS_TOKEN: undefined });
		expect((await conditions(admin, { forwarded: true })).settings).toBe('good settings_good');
		overrideEnv({ TRUST_PROXY: 0 });
		// A demo runs on this machine, without a certificate.
		overrideEnv({ LIMITS: true, DEMO: true });
		expect((await conditions()).settings).toBe('watch settings_demo');
		overrideEnv({ NODE_ENV: 'test', ORIGIN: undefined, DEMO: false });
		vi.stubEnv('BACKUP_DRI', '/srv');
		const [mistyped] = (await siteHealth(admin, { forwarded: false })).filter(({ subject }) => subject === 'settings');
		expect(mistyped).toMatchObject({ code: 'settings_mistyped', data: { given: 'BACKUP_DRI', meant: 'BACKUP_DIR' } });
		vi.unstubAllEnvs();
	});

	it('shows that next year’s decree is missing', async () => {
		await ensureDefaults(handle().database);
		expect((await atTime('2027-06-01T00:00:00Z', () => conditions())).calendar).toBe('good calendar_good');
		expect((await atTime('2027-12-01T00:00:00Z', () => conditions())).calendar).toBe('bad calendar_missing');
	});

	it('compares the clock with that of a PostgreSQL server', async () => {
		if (handle().kind === 'pglite') expect((await conditions()).clock).toBe('good clock_alone');
		else {
			expect((await conditions()).clock).toBe('good clock_agrees');
			const ahead = atTime(new Date(Date.now() + 5 * 60_000), () => conditions());
			expect((await ahead).clock).toBe('bad clock_differs');
		}
	});

	it('shows the other findings if one check fails', async () => {
		await db().execute(sql`alter table mails rename to mails_gone`);
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		try {
			const all = await conditions();
			expect(all.mail).toBe('bad unseen');
			expect(all.database).toMatch(/^good|^watch/);
		} finally {
			await db().execute(sql`alter table mails_gone rename to mails`);
		}
	});
});
