import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { db, handle } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import { laporCircuits } from '#lib/server/db/schema/lapor.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { storeSetting } from '#lib/server/db/settings.ts';
import { withDiskSpace } from '#lib/server/disk-space.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { RESTORED } from '#lib/server/outgoing-hold.ts';
import { siteHealth } from './report.ts';
import { noteHeartbeat } from '#lib/server/jobs/queue.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { at } from '#lib/dev/testing/office.ts';

useFreshDatabase();

let admin: Actor;
beforeEach(async () => {
	await db().delete(laporCircuits);
	await db().delete(mails);
	overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined, LAPOR_MODE: 'manual', LIMITS: true, DEMO: false });
	admin = await makeActor([[(await makeUnit()).id, 'admin']]);
});

const DIRECT = { forwarded: false };
/** Condition and code of each subject. */
async function found(actor = admin, seen = DIRECT): Promise<Record<string, string>> {
	const all = await siteHealth(actor, seen);
	return Object.fromEntries(all.map(({ subject, condition, code }) => [subject, `${condition} ${code}`]));
}

/** A backup that ended so many hours ago. */
function ended(hours: number, state: 'done' | 'failed', more: Partial<typeof backups.$inferInsert> = {}) {
	const askedAt = new Date(Date.now() - hours * 3_600_000);
	const made = state === 'done' ? { moment: askedAt, verifiedAt: askedAt, bytes: 5 * 1024 ** 3 } : {};
	const times = { askedAt, seenAt: askedAt, endedAt: askedAt };
	return db()
		.insert(backups)
		.values({ occasion: 'schedule', state, ...times, ...made, ...more });
}

describe('the site’s health', () => {
	it('is read by administrators of a root alone', async () => {
		const root = await makeUnit();
		const below = await makeActor([[(await makeUnit({ parent: root })).id, 'admin']]);
		await expect(siteHealth(below, DIRECT)).rejects.toMatchObject({ name: 'NotAllowed' });
		const supervisor = await makeActor([[root.id, 'supervisor']]);
		await expect(siteHealth(supervisor, DIRECT)).rejects.toMatchObject({ name: 'NotAllowed' });
	});

	it('tells a full disk from one that fills up, and what presses stands first', async () => {
		const GIGABYTE = 1024 ** 3;
		const looked = () => siteHealth(admin, DIRECT);
		const disk = (free: number) => withDiskSpace(() => ({ free, size: 40 * GIGABYTE }), looked);
		const codeOf = async (free: number) => (await disk(free)).find(({ subject }) => subject === 'disk')?.code;
		expect(await codeOf(20 * GIGABYTE)).toBe('disk_good');
		expect(await codeOf(3 * GIGABYTE)).toBe('disk_low');
		expect(await codeOf(0.1 * GIGABYTE)).toBe('disk_full');
		const conditions = (await disk(0.1 * GIGABYTE)).map(({ condition }) => condition);
		const order = ['bad', 'watch', 'off', 'good'];
		expect(conditions).toEqual(conditions.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
		expect(conditions[0]).toBe('bad');
	});

	it('knows whether jobs are being done', async () => {
		// What this process was started for is not done in its first minutes.
		const afterMinutes = (minutes: number) => at(new Date(Date.now() + minutes * 60_000), () => found());
		await db().delete(settings).where(eq(settings.key, 'jobs:heartbeat'));
		expect((await afterMinutes(6)).jobs).toBe('bad jobs_never');
		await noteHeartbeat();
		expect((await afterMinutes(4)).jobs).toBe('good jobs_good');
		expect((await afterMinutes(6)).jobs).toBe('bad jobs_silent');
		const started = -process.uptime() / 60;
		expect((await afterMinutes(started + 4)).jobs).toBe('good jobs_good');
		await db().delete(settings).where(eq(settings.key, 'jobs:heartbeat'));
		expect((await afterMinutes(started + 4)).jobs).toBe('good jobs_starting');
	});

	it('counts a backup once it was read back to its end, and misses one after two days', async () => {
		await ended(1, 'done', { verifiedAt: null });
		expect((await found()).backup).toBe('bad backup_never');
		await ended(50, 'done');
		expect((await found()).backup).toBe('bad backup_old');
		await ended(2, 'done');
		expect((await found()).backup).toBe('good backup_good');
	});

	it('tells of a backup that failed as soon as it has, and no more once one was made', async () => {
		await db().delete(backups);
		await ended(60, 'failed', { fault: 'not_writable' });
		expect((await found()).backup).toBe('bad backup_failed_all');
		await ended(50, 'done');
		expect((await found()).backup).toBe('bad backup_old');
		await ended(26, 'failed', { fault: 'disk_full' });
		expect((await found()).backup).toBe('bad backup_failed_old');
		await ended(25, 'done');
		expect((await found()).backup).toBe('good backup_good');
		await ended(1, 'failed', { fault: 'disk_full' });
		const failed = (await siteHealth(admin, DIRECT)).find(({ code }) => code === 'backup_failed');
		expect(failed).toMatchObject({ condition: 'watch', data: { fault: 'disk_full' } });
		// Asked for while the next one was being made.
		await db().delete(backups).where(eq(backups.fault, 'disk_full'));
		await ended(0.5, 'failed', { fault: 'already_running' });
		expect((await found()).backup).toBe('good backup_good');
	});

	it('sees that the next backup has no room where backups lie, also on a disk of their own', async () => {
		const GIGABYTE = 1024 ** 3;
		await ended(0, 'done');
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

	it('knows how the connection to LAPOR stands', async () => {
		expect((await found()).lapor).toBe('off lapor_manual');
		overrideEnv({ LAPOR_MODE: 'api', LAPOR_BASE_URL: undefined });
		expect((await found()).lapor).toBe('bad lapor_settings');
		overrideEnv({ LAPOR_BASE_URL: 'http://127.0.0.1:1', LAPOR_BEARER: 'x', LAPOR_TOKEN: 'x' });
		expect((await found()).lapor).toBe('good lapor_unused');
		const openUntil = new Date(Date.now() + 60_000);
		await db().insert(laporCircuits).values({ endpoint: 'create', failures: 5, openUntil });
		expect((await found()).lapor).toBe('bad lapor_open');
		const halted = { endpoint: 'connection', haltedAt: new Date(), haltedReason: '{"code":"unauthorised"}' };
		await db().insert(laporCircuits).values(halted);
		expect((await found()).lapor).toBe('bad lapor_halted');
	});

	it('knows what became of letters', async () => {
		expect((await found()).mail).toBe('watch mail_off');
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		expect((await found()).mail).toBe('good mail_unused');
		const row = (state: string, createdAt = new Date()) => ({
			...{ kind: 'digest', onceKey: `${state} ${createdAt.toISOString()}`, address: 'kepala@contoh.invalid' },
			...{ subject: 'x', body: 'x', state, createdAt, sentAt: state === 'sent' ? createdAt : null }
		});
		await db().insert(mails).values(row('sent'));
		expect((await found()).mail).toBe('good mail_good');
		await db().insert(mails).values(row('failed'));
		expect((await found()).mail).toBe('watch mail_undecided');
		await db()
			.insert(mails)
			.values(row('waiting', new Date(Date.now() - 2 * 3_600_000)));
		expect((await found()).mail).toBe('bad mail_held_up');
	});

	it('says after a restore that what would leave waits for a decision, not for the mail server', async () => {
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		const createdAt = new Date(Date.now() - 2 * 3_600_000);
		const letter = { kind: 'digest', onceKey: 'held', address: 'kepala@contoh.invalid', subject: 'x', body: 'x' };
		await db()
			.insert(mails)
			.values({ ...letter, state: 'waiting', createdAt });
		const restored = (releasedAt: string | null) =>
			storeSetting(db(), RESTORED, { from: createdAt, at: createdAt, releasedAt });
		await restored(null);
		expect(await found()).toMatchObject({ outgoing: 'bad outgoing_held', mail: 'good mail_unused' });
		await restored(new Date().toISOString());
		expect(await found()).toMatchObject({ mail: 'bad mail_held_up' });
		expect(await found()).not.toHaveProperty('outgoing');
		await db().delete(settings).where(eq(settings.key, RESTORED));
	});

	it('names settings that look wrong, each by itself', async () => {
		expect((await found()).settings).toBe('good settings_good');
		overrideEnv({ LIMITS: false, NODE_ENV: 'production', ORIGIN: ['http://spatula.contoh.go.id'] });
		const codes = (await siteHealth(admin, { forwarded: true }))
			.filter(({ subject }) => subject === 'settings')
			.map(({ code }) => code);
		expect(codes.sort()).toEqual(['settings_limits', 'settings_origin', 'settings_proxy']);
		// Behind a proxy as the guide sets it up nothing is left to do, with or without a token for the figures.
		overrideEnv({ LIMITS: true, ORIGIN: ['https://spatula.contoh.go.id'], TRUST_PROXY: 1, METRICS_TOKEN: undefined });
		expect((await found(admin, { forwarded: true })).settings).toBe('good settings_good');
		overrideEnv({ TRUST_PROXY: 0 });
		// A demo runs on this machine, without a certificate.
		overrideEnv({ LIMITS: true, DEMO: true });
		expect((await found()).settings).toBe('watch settings_demo');
		overrideEnv({ NODE_ENV: 'test', ORIGIN: undefined });
	});

	it('knows that next year’s decree is missed', async () => {
		await ensureDefaults(handle().database);
		expect((await at('2027-06-01T00:00:00Z', () => found())).calendar).toBe('good calendar_good');
		expect((await at('2027-12-01T00:00:00Z', () => found())).calendar).toBe('bad calendar_missing');
	});

	it('compares the clock with the database’s where that has one of its own', async () => {
		if (handle().kind === 'pglite') expect((await found()).clock).toBe('good clock_alone');
		else {
			expect((await found()).clock).toBe('good clock_agrees');
			const ahead = at(new Date(Date.now() + 5 * 60_000), () => found());
			expect((await ahead).clock).toBe('bad clock_differs');
		}
	});

	it('shows the rest where one part can’t be looked at', async () => {
		await db().execute(sql`alter table mails rename to mails_gone`);
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@contoh.invalid' });
		try {
			const all = await found();
			expect(all.mail).toBe('bad unseen');
			expect(all.database).toMatch(/^good|^watch/);
		} finally {
			await db().execute(sql`alter table mails_gone rename to mails`);
		}
	});
});
