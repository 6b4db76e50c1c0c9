import { eq, sql } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { backups } from '#lib/server/db/schema/backups.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { lockFolder, serveLockRequest } from '#lib/server/db/folder-lock.ts';
import { env, forgetEnv, overrideEnv } from '#lib/server/env.ts';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { backupByCommand } from './command.ts';
import { requestBackup, requestDueBackup } from './request-backup.ts';
import { changeBackupRules } from './rules.ts';

let admin: Actor;
beforeAll(async () => {
	admin = await makeActor([[(await makeUnit()).id, 'admin']]);
});
beforeEach(() => db().delete(backups));

describe('a backup that an administrator requests', () => {
	// Needs transactions at the same time, which the embedded database doesn't have.
	test.runIf(process.env.TEST_DATABASE === 'postgres')(
		'is stored once if two people request it at the same moment',
		async () => {
			const { promise: locked, resolve: hold } = Promise.withResolvers<void>();
			const { promise: opened, resolve: release } = Promise.withResolvers<void>();
			// Both requests would wait for it just before their commit.
			const holding = transaction(async (tx) => {
				await tx.execute(sql`lock table audit_entries in exclusive mode`);
				hold();
				await opened;
			});
			await locked;
			const both = Promise.allSettled([requestBackup(admin), requestBackup(admin)]);
			const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
			await expect.poll(() => rowsOf(db(), waiting)).toHaveLength(2);
			release();
			await holding;
			const outcomes = (await both).toSorted((one, other) => one.status.localeCompare(other.status));
			const refused = { status: 'rejected', reason: { present: { reason: 'backup_running' } } };
			expect(outcomes).toMatchObject([{ status: 'fulfilled' }, refused]);
			expect(await db().select().from(backups)).toHaveLength(1);
		}
	);

	test('is marked as failed after its process died, and the next one is accepted', async () => {
		const longAgo = new Date(Date.now() - 3_600_000);
		await db().insert(backups).values({ occasion: 'person', state: 'running', askedAt: longAgo, seenAt: longAgo });
		await requestBackup(admin);
		expect((await db().select().from(backups)).map(({ state, fault }) => [state, fault]).sort()).toEqual([
			['failed', 'stopped'],
			['waiting', null]
		]);
	});
});

describe('the daily backup', () => {
	const states = async () => (await db().select().from(backups)).map(({ state }) => state).sort();

	test('is requested once, from its hour on in the office’s time zone', async () => {
		// 01:00 in Makassar is 17:00 UTC of the day before.
		const time = new Date('2026-11-25T17:05:00Z');
		await db().insert(backups).values({ occasion: 'schedule', state: 'done', askedAt: time, seenAt: time });
		await atTime('2026-11-26T16:59:00Z', requestDueBackup);
		expect(await states()).toEqual(['done']);
		await atTime('2026-11-26T17:00:00Z', requestDueBackup);
		expect(await states()).toEqual(['done', 'waiting']);
		await atTime('2026-11-26T17:05:00Z', requestDueBackup);
		expect(await states()).toEqual(['done', 'waiting']);
	});

	test('is tried again an hour after a failure, three times a day', async () => {
		for (const time of ['17:00', '18:00', '19:00']) {
			await atTime(`2026-11-26T${time}:30Z`, requestDueBackup);
			await db().update(backups).set({ state: 'failed' }).where(eq(backups.state, 'waiting'));
			await atTime(`2026-11-26T${time}:59Z`, requestDueBackup);
		}
		await atTime('2026-11-26T22:00:00Z', requestDueBackup);
		expect(await states()).toEqual(['failed', 'failed', 'failed']);
	});

	test('is not requested while it is switched off', async () => {
		await changeBackupRules(admin, { hour: '1', daily: '7', weekly: '4', monthly: '6' });
		await atTime('2026-11-26T20:00:00Z', requestDueBackup);
		expect(await states()).toEqual([]);
		await changeBackupRules(admin, { daily_on: 'on', hour: '1', daily: '2', weekly: '0', monthly: '0' });
		await expect(changeBackupRules(admin, { hour: '24', daily: '0' })).rejects.toMatchObject({
			issues: expect.arrayContaining([{ path: 'daily', code: 'whole_number' }])
		});
	});
});

test.each([
	['makes no backups', [], /held by a process that makes no backups/],
	['ends while it makes the backup', [{ stage: 'reading', bytes: 1 }], /the site ended before the backup was complete/],
	['can’t make it', [{ fault: 'disk_full', message: 'no space' }], /no space/]
])('the command says so if the process with the database %s', async (_, lines, message) => {
	const release = await lockFolder(env().DATA_DIR);
	serveLockRequest('backup', async (send) => lines.forEach(send));
	overrideEnv({ DATABASE_URL: undefined });
	try {
		await expect(backupByCommand(() => {})).rejects.toThrow(message);
	} finally {
		forgetEnv();
		await release();
	}
});
