import { and, asc, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { MAIL_JOB_MS, mailServer } from './mail-queue.ts';
import { GIVEN_UP_AFTER_MS } from './mail-waits.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

const BATCH = 500;
const DAY = 24 * 3_600_000;
/** How long settled e-mails are kept, to answer whether they were sent. */
const KEPT_DAYS = 90;

const before = (ms: number) => new Date(now().getTime() - ms);

const unheld = () => or(isNull(mails.leaseUntil), lte(mails.leaseUntil, now()));

/** Runs each minute: releases rows of dead workers, gives up e-mails that are too old, and enqueues due ones. */
export async function sweepMails(): Promise<void> {
	await db()
		.update(mails)
		.set({ state: 'unknown', leaseUntil: null, nextAttemptAt: null, reason: 'the worker died while sending' })
		.where(and(eq(mails.state, 'sending'), lte(mails.leaseUntil, now())));
	if (await outgoingHeld()) return;
	await db()
		.update(mails)
		.set({ state: 'failed', leaseUntil: null, nextAttemptAt: null })
		.where(
			and(
				eq(mails.state, 'waiting'),
				sql`coalesce(${mails.waitsFrom}, ${mails.createdAt}) < ${before(GIVEN_UP_AFTER_MS + MAIL_JOB_MS).toISOString()}`,
				unheld()
			)
		);
	if (mailServer()) await enqueueDue();
}

/** Moves the next attempt past the life of the job; the outcome of the attempt sets it again. */
async function enqueueDue(): Promise<void> {
	const due = await db()
		.select({ id: mails.id, attempts: mails.attempts })
		.from(mails)
		.where(and(eq(mails.state, 'waiting'), lte(mails.nextAttemptAt, now()), unheld()))
		.orderBy(asc(mails.nextAttemptAt))
		.limit(BATCH);
	if (due.length === 0) return;
	const ids = due.map(({ id }) => id);
	await transaction(async (tx) => {
		const taken = await tx
			.update(mails)
			.set({ nextAttemptAt: new Date(now().getTime() + MAIL_JOB_MS) })
			.where(and(inArray(mails.id, ids), eq(mails.state, 'waiting'), lte(mails.nextAttemptAt, now())))
			.returning({ id: mails.id, attempts: mails.attempts });
		for (const { id, attempts } of taken) await enqueue(tx, 'mail-deliver', { mailId: id, attempt: attempts + 1 });
	});
}

/** Runs each night: deletes old settled e-mails with their addresses. */
export async function forgetOldMails(): Promise<void> {
	await db()
		.delete(mails)
		.where(
			and(
				inArray(mails.state, ['sent', 'failed', 'unknown', 'withdrawn']),
				lt(mails.createdAt, before(KEPT_DAYS * DAY))
			)
		);
}
