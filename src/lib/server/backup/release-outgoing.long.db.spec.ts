import { eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverMail, sweepMails } from '#lib/server/channels/mail-delivery.ts';
import { withClock } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { notices } from '#lib/server/db/schema/notices.ts';
import { settings } from '#lib/server/db/schema/settings.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { outgoingHeld, RESTORED } from '#lib/server/outgoing-hold.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeConnection } from '#lib/dev/testing/channels/incoming.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { outgoingHoldState, releaseOutgoing } from './release-outgoing.ts';

let admin: Actor;
let regional: Actor;
beforeAll(async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	admin = await makeActor([[root.id, 'admin']]);
	regional = await makeActor([[unit.id, 'admin']]);
	await makeCase(unit);
});

describe('after a restore', () => {
	const restored = { from: '2026-11-25T00:00:00.000Z', at: '2026-11-26T00:00:00.000Z', releasedAt: null };
	const writtenAt = (createdAt: Date) => ({ createdAt, waitsFrom: createdAt });
	const mail = { kind: 'notice', address: 'contoh@example.go.id', subject: 'x', body: 'y', state: 'waiting' };
	beforeEach(async () => {
		await db().delete(settings).where(eq(settings.key, RESTORED));
		await db().insert(settings).values({ key: RESTORED, value: restored });
		await db().delete(mails);
		await db()
			.insert(mails)
			.values({ ...mail, onceKey: 'a', ...writtenAt(new Date('2026-11-24T00:00:00Z')) });
	});

	test('holds all sending until a root administrator chooses to send or drop the e-mails', async () => {
		expect(await outgoingHeld()).toBe(true);
		expect(await outgoingHoldState()).toMatchObject({ ...restored, mails: 1, forwards: 0 });
		await expect(releaseOutgoing(regional, 'drop')).rejects.toMatchObject({ code: 'root_admin' });
		await expect(releaseOutgoing(admin, '')).rejects.toMatchObject({ issues: [{ code: 'backup_mails_choice' }] });
		expect(await outgoingHeld()).toBe(true);
		await releaseOutgoing(admin, 'drop');
		expect(await outgoingHeld()).toBe(false);
		expect(await outgoingHoldState()).toBeUndefined();
		expect((await db().select().from(mails)).map(({ state }) => state)).toEqual(['failed']);
		await expect(releaseOutgoing(admin, 'drop')).rejects.toMatchObject({ code: 'stale' });
	});

	test('decides about messages of WhatsApp in the same way, and counts them', async () => {
		const unit = await makeUnit();
		const { reference } = await withClock(
			() => new Date('2026-11-25T09:00:00Z'),
			() => makeCase(unit)
		);
		const [row] = await db().select().from(cases).where(eq(cases.reference, reference));
		const connection = await makeConnection(unit, { channel: 'whatsapp' });
		const [beforeRestore, afterRestore] = [new Date('2026-11-25T10:00:00Z'), new Date('2026-11-26T10:00:00Z')];
		const caseId = row?.id ?? 0;
		const [entry] = await db().select().from(timeline).where(eq(timeline.caseId, caseId));
		const message = { connectionId: connection.id, caseId, content: { kind: 'text', text: 'x' }, state: 'waiting' };
		await db()
			.insert(outgoingMessages)
			.values([
				{ ...message, onceKey: 'conversation:7:welcome', ...writtenAt(beforeRestore) },
				{ ...message, onceKey: `conversation:7:entry:${entry?.seq}:0`, ...writtenAt(afterRestore) },
				{ ...message, onceKey: 'conversation:7:entry:99:0', ...writtenAt(afterRestore) }
			]);
		await db().delete(mails);
		expect(await outgoingHoldState()).toMatchObject({ mails: 2, oldestMail: beforeRestore });
		await releaseOutgoing(admin, 'drop');
		const rows = await db().select().from(outgoingMessages).orderBy(outgoingMessages.onceKey);
		expect(rows.map(({ onceKey, state }) => [onceKey.split(':').at(-2), state])).toEqual(
			expect.arrayContaining([
				['7', 'failed'],
				[String(entry?.seq), 'failed'],
				['99', 'waiting']
			])
		);
	});

	test('drops only e-mails that may already have been sent, not those about events after the restore', async () => {
		const [beforeRestore, afterRestore] = [new Date('2026-11-25T10:00:00Z'), new Date('2026-11-26T10:00:00Z')];
		const accountId = admin.accountId ?? '';
		await db()
			.insert(notices)
			.values([
				{ accountId, kind: 'assigned', page: '/desk', onceKey: 'pending', at: beforeRestore },
				{ accountId, kind: 'assigned', page: '/desk', onceKey: 'new', at: afterRestore }
			]);
		const mailRow = (values: Partial<typeof mails.$inferInsert> & { onceKey: string }) => ({
			...mail,
			...writtenAt(afterRestore),
			...values
		});
		await db()
			.insert(mails)
			.values([
				// About an event before the restore, written by its job after it. The next two are about later events.
				mailRow({ onceKey: 'notice:pending' }),
				mailRow({ onceKey: 'notice:new' }),
				mailRow({ onceKey: 'digest:2026-11-26', kind: 'digest' }),
				// Its outcome was unknown, and after the restore a person chose to send it again.
				mailRow({ onceKey: 'again', createdAt: beforeRestore, waitsFrom: afterRestore })
			]);
		expect(await outgoingHoldState()).toMatchObject({ mails: 2, oldestMail: new Date('2026-11-24T00:00:00Z') });
		await releaseOutgoing(admin, 'drop');
		const rows = await db().select().from(mails);
		const keys = (state: string) => rows.filter((row) => row.state === state).map(({ onceKey }) => onceKey);
		expect(keys('failed').sort()).toEqual(['a', 'notice:pending']);
		expect(keys('waiting').sort()).toEqual(['again', 'digest:2026-11-26', 'notice:new']);
		await db().delete(notices);
	});

	test.each([
		['before the restore', 1, 'failed'],
		['after the restore', -1, 'waiting']
	])(
		'an e-mail to the reporter is dropped or kept by the time of its event: %s',
		async (_, restoredMinutesLater, state) => {
			const [entry] = await db().select().from(timeline).limit(1);
			const { caseId, seq, at } = entry as typeof timeline.$inferSelect;
			const restoredAt = new Date(at.getTime() + restoredMinutesLater * 60_000);
			await db()
				.update(settings)
				.set({ value: { ...restored, at: restoredAt.toISOString() } })
				.where(eq(settings.key, RESTORED));
			const createdAt = new Date(restoredAt.getTime() + 2 * 60_000);
			const onceKey = `reporter:${caseId}:${seq}`;
			await db()
				.insert(mails)
				.values({ ...mail, kind: 'reporter', onceKey, caseId, ...writtenAt(createdAt) });
			await releaseOutgoing(admin, 'drop');
			const [row] = await db().select().from(mails).where(eq(mails.onceKey, onceKey));
			expect(row?.state).toBe(state);
		}
	);

	test('during the hold no e-mail is sent, and none fails because of its age', async () => {
		overrideEnv({ SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'spatula@example.go.id' });
		await db()
			.update(mails)
			.set({ nextAttemptAt: new Date(0), ...writtenAt(new Date(0)) });
		await sweepMails();
		const [row] = await db().select().from(mails);
		await deliverMail(row?.id ?? '', 1);
		expect(await db().select().from(mails)).toEqual([row]);
		expect(row).toMatchObject({ state: 'waiting', attempts: 0, nextAttemptAt: new Date(0) });
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
	});

	test('keeps the e-mails in the queue and restarts their two days if the administrator chooses to send them', async () => {
		await releaseOutgoing(admin, 'send');
		expect(await outgoingHeld()).toBe(false);
		await sweepMails();
		const [row] = await db().select().from(mails);
		expect(row?.state).toBe('waiting');
		expect(row?.waitsFrom.getTime()).toBeGreaterThan(Date.parse(restored.at));
	});
});
