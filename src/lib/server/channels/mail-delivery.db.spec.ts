import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { nextTry } from './outbox.ts';
import { deliverMail, deleteOldMails, sweepMails } from './mail-delivery.ts';
import { queueMail, type NewMail } from './mail-queue.ts';
import { ACCOUNT_LINK } from './placeholders.ts';
import { now, withClock } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { passwordLinks } from '#lib/server/db/schema/people.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { makeActor } from '#lib/dev/testing/factories.ts';
import { mailRow, runMailJobs, useMailServer } from '#lib/dev/testing/channels/mail.ts';

const server = useMailServer();

const later = <T>(minutes: number, work: () => Promise<T>) =>
	withClock(() => new Date(Date.now() + minutes * MINUTE_MS), work);

async function newMail(changes: Partial<NewMail> = {}): Promise<NewMail> {
	const { accountId } = await makeActor([]);
	return {
		kind: 'digest',
		onceKey: '2026-12-04',
		to: { accountId: accountId ?? '', address: 'kepala@contoh.invalid' },
		subject: 'Penerusan yang belum pasti: 2',
		body: 'Yth. Ibu Kepala,\n\nBaris kedua – dengan “tanda” dan ü.\n',
		...changes
	};
}

async function queued(changes: Partial<NewMail> = {}) {
	const mail = await newMail(changes);
	expect(await transaction((tx) => queueMail(tx, mail))).toBe(true);
	const [row] = await db().select().from(mails).where(eq(mails.accountId, mail.to.accountId));
	if (!row) throw new Error('no e-mail');
	return row;
}

/** Runs a sweep and the jobs that it enqueued, and returns their number. */
async function round(id: string): Promise<number> {
	await sweepMails();
	return runMailJobs(id);
}

describe('an e-mail is written', () => {
	it('once per occasion and person, and is sent by the job of its commit', async () => {
		const mail = await newMail();
		expect(await transaction((tx) => queueMail(tx, mail))).toBe(true);
		expect(await transaction((tx) => queueMail(tx, { ...mail, subject: 'Sekali lagi' }))).toBe(false);
		const [row, more] = await db().select().from(mails).where(eq(mails.accountId, mail.to.accountId));
		expect(more).toBeUndefined();
		await runMailJobs(row?.id ?? '');
		expect(server.emails()).toMatchObject([
			{ to: 'kepala@contoh.invalid', subject: mail.subject, messageId: `<${row?.id}@contoh.invalid>` }
		]);
		expect(server.emails()[0]?.text.trim()).toBe(mail.body.trim());
		const sent = { state: 'sent', attempts: 1, nextAttemptAt: null, reason: null };
		expect(await mailRow(row?.id ?? '')).toMatchObject(sent);
	});

	it('in the transaction of its event, so a rollback removes it', async () => {
		const mail = await newMail();
		const failing = transaction(async (tx) => {
			await queueMail(tx, mail);
			throw new Error('it did not happen');
		});
		await expect(failing).rejects.toThrow('it did not happen');
		expect(await db().select().from(mails)).toEqual([]);
	});

	it('only if the installation has a mail server', async () => {
		overrideEnv({ SMTP_URL: undefined, MAIL_FROM: undefined });
		const mail = await newMail();
		expect(await transaction((tx) => queueMail(tx, mail))).toBe(false);
		expect(await db().select().from(mails)).toEqual([]);
	});
});

describe('sending an e-mail', () => {
	it('creates no password link for a name that looks like the place of one', async () => {
		const { id } = await queued({ kind: 'notice', body: `Akun: ${ACCOUNT_LINK}` });
		await runMailJobs(id);
		expect(server.emails()[0]?.text.trim()).toBe(`Akun: ${ACCOUNT_LINK}`);
		expect(await db().select().from(passwordLinks)).toEqual([]);
	});

	it('fails at once with the server’s message if the server refuses it', async () => {
		server.judge(() => ({ code: 550, text: 'Mailbox unavailable' }));
		const { id } = await queued();
		await runMailJobs(id);
		expect(await mailRow(id)).toMatchObject({ state: 'failed', reason: '550 Mailbox unavailable', attempts: 1 });
		expect(await later(600, () => round(id))).toBe(0);
	});

	it('is retried after greylisting, but not before its retry time', async () => {
		server.judge(() => ({ code: 451, text: 'Please try again later' }));
		const { id } = await queued();
		await runMailJobs(id);
		const waiting = { state: 'waiting', attempts: 1, leaseUntil: null };
		expect(await mailRow(id)).toMatchObject({ ...waiting, reason: '451 Please try again later' });
		expect(await round(id)).toBe(0);
		server.judge(undefined);
		expect(await later(2, () => round(id))).toBe(1);
		expect(server.emails()).toHaveLength(1);
		expect(await mailRow(id)).toMatchObject({ state: 'sent', attempts: 2 });
	});

	it('is retried while the server is down, and fails after two days', async () => {
		const bringBack = await server.goDown();
		const [retried, lost] = [await queued({ onceKey: 'a' }), await queued({ onceKey: 'b' })];
		for (const { id } of [retried, lost]) {
			await runMailJobs(id);
			expect(await mailRow(id)).toMatchObject({ state: 'waiting', reason: expect.stringContaining('ECONNREFUSED') });
		}
		await later(30, () => round(lost.id));
		expect(await mailRow(lost.id)).toMatchObject({ state: 'waiting', attempts: 2 });
		await later(47.9 * 60, () => round(lost.id));
		expect(await mailRow(lost.id)).toMatchObject({ state: 'failed', attempts: 3, nextAttemptAt: null });

		await bringBack();
		await later(60, () => round(retried.id));
		expect(await mailRow(retried.id)).toMatchObject({ state: 'sent' });
		expect(server.emails()).toHaveLength(1);
	});

	it('is not repeated if the response is lost after the content was sent', async () => {
		server.judge((stage) => (stage === 'content' ? 'drop' : undefined));
		const { id } = await queued();
		await runMailJobs(id);
		expect(await mailRow(id)).toMatchObject({ state: 'unknown', attempts: 1, leaseUntil: null });
		server.judge(undefined);
		expect(await later(600, () => round(id))).toBe(0);
		// No second copy was sent.
		expect(server.emails()).toHaveLength(1);
	});

	it('happens once if several workers have the job, and late jobs do nothing', async () => {
		const { id } = await queued();
		await Promise.all([deliverMail(id, 1), deliverMail(id, 1), deliverMail(id, 1)]);
		await deliverMail(id, 1);
		expect(server.emails()).toHaveLength(1);
		expect(await mailRow(id)).toMatchObject({ state: 'sent', attempts: 1 });
	});
});

describe('a worker that died', () => {
	const dying = (id: string, state: 'waiting' | 'sending') =>
		db()
			.update(mails)
			.set({ state, attempts: 1, leaseUntil: new Date(now().getTime() + 3 * MINUTE_MS) })
			.where(eq(mails.id, id));

	it('before the content was sent: the e-mail is retried', async () => {
		const { id } = await queued();
		await dying(id, 'waiting');
		expect(await later(2, () => round(id))).toBe(1);
		expect(server.emails()).toEqual([]);
		await later(10, () => round(id));
		expect(server.emails()).toHaveLength(1);
		expect(await mailRow(id)).toMatchObject({ state: 'sent', attempts: 2 });
	});

	it('after the content was sent: the e-mail becomes unknown and is not sent again', async () => {
		const { id } = await queued();
		await dying(id, 'sending');
		await later(10, () => round(id));
		expect(await mailRow(id)).toMatchObject({ state: 'unknown', attempts: 1 });
		expect(server.emails()).toEqual([]);
	});

	it('does not end the sweep if its e-mail can’t be marked', async () => {
		const [broken, dead, due] = [await queued(), await queued({ onceKey: 'b' }), await queued({ onceKey: 'c' })];
		for (const { id } of [broken, dead]) await dying(id, 'sending');
		await db().execute(
			sql.raw(`alter table mails add constraint broken
			check (id <> '${broken.id}' or state <> 'unknown') not valid`)
		);
		await later(10, () => round(due.id)).finally(() => db().execute(sql`alter table mails drop constraint broken`));
		const states = [broken, dead, due].map(async ({ id }) => (await mailRow(id))?.state);
		expect(await Promise.all(states)).toEqual(['sending', 'unknown', 'sent']);
	});
});

describe('the sweep', () => {
	it('enqueues one job for a due e-mail whose job was lost, also with concurrent sweeps', async () => {
		const { id } = await queued();
		await db().execute(sql`delete from pgboss.job where name = 'mail-deliver'`);
		await later(6, async () => {
			await Promise.all([sweepMails(), sweepMails()]);
			await sweepMails();
			expect(await runMailJobs(id)).toBe(1);
		});
		expect(server.emails()).toHaveLength(1);
	});

	it('enqueues no further job while the first one waits for a worker', async () => {
		const { id } = await queued();
		for (const minutes of [6, 12, 18]) await later(minutes, sweepMails);
		expect(await later(18, () => runMailJobs(id))).toBe(1);
	});

	it('deletes settled e-mails after three months', async () => {
		const [sent, open] = [await queued({ onceKey: 'a' }), await queued({ onceKey: 'b' })];
		await runMailJobs(sent.id);
		await later(91 * 24 * 60, deleteOldMails);
		expect((await db().select().from(mails)).map(({ id }) => id)).toEqual([open.id]);
	});
});

it('retries an e-mail after 1, 5, 15 and 60 minutes, then hourly, for two days', () => {
	const since = new Date('2026-12-04T00:00:00Z');
	const waits: number[] = [];
	let at = since;
	for (let tries = 1; ; tries++) {
		const next = nextTry(at, { tries, since });
		if (!next) break;
		waits.push((next.getTime() - at.getTime()) / MINUTE_MS);
		at = next;
	}
	expect(waits.slice(0, 6)).toEqual([1, 5, 15, 60, 60, 60]);
	expect(new Set(waits.slice(3))).toEqual(new Set([60]));
	const asked = nextTry(since, { tries: 1, since }, 10 * MINUTE_MS);
	expect(asked && asked.getTime() - since.getTime()).toBe(10 * MINUTE_MS);
	const later = new Date(since.getTime() + 30 * HOUR_MS);
	expect(nextTry(later, { tries: 9, since }, 24 * HOUR_MS)).toEqual(new Date(since.getTime() + 48 * HOUR_MS));
	expect(at.getTime() - since.getTime()).toBeLessThanOrEqual(48 * 60 * MINUTE_MS);
	expect(at.getTime() - since.getTime()).toBeGreaterThan(46 * 60 * MINUTE_MS);
});
