import { and, asc, eq, inArray, isNull, lt, lte, type SQL } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { ago, fromNow, now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { enqueue, enqueueMany } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';
import { recordAttempt } from '../call-log.ts';
import { haltOf } from '../connection/connection.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { refreshLaporLists } from '../connection/lapor-lists.ts';
import { escalationsWithDueFollowups, recoverFollowups } from '../followups/send.ts';
import type { Reason } from '../failure-reason.ts';
import { changeEscalation, lockEscalation } from '../rows.ts';
import { STUCK_AFTER_MS, toStuck, toUnknown, toWaiting } from './after-attempt.ts';

/** Rows of one kind per round. The next round is a minute later. */
const BATCH = 1000;

/** A poll or look-up that has not ended after this time is repeated, because its worker is dead. */
const READ_MS = 5 * MINUTE_MS;

/** A job starts a round each minute. If a setting has a shorter wait, rounds repeat within the minute. */
const ROUND_SECONDS = 60;

/**
 * Runs one round, and enqueues the next one within the minute if the settings have shorter waits.
 *
 * @param until no round starts after this time; absent for the call by the minute's job
 */
export async function sweepRounds({ until }: { until?: string }): Promise<void> {
	const end = until ? new Date(until) : fromNow((ROUND_SECONDS - 5) * 1000);
	await sweepEscalations();
	const { LAPOR_MODE, LAPOR_POLL_SECONDS = Infinity, LAPOR_RETRY_SECONDS } = env();
	const shortest = Math.min(LAPOR_POLL_SECONDS, ...LAPOR_RETRY_SECONDS);
	const next = fromNow(shortest * 1000);
	if (LAPOR_MODE !== 'api' || shortest >= ROUND_SECONDS || next >= end) return;
	await transaction((tx) => enqueue(tx, 'escalation-sweep', { until: end.toISOString() }, { startAfter: next }));
}

/**
 * Releases rows of dead workers, marks rows as stuck that have waited a day, and enqueues due rows. Runs each minute. The
 * queue itself retries nothing.
 */
export async function sweepEscalations(): Promise<void> {
	await recoverDeadLeases();
	await recoverFollowups();
	await markStuck();
	if (!laporClient() || (await haltOf())) return;
	if (!(await outgoingHeld())) await enqueueDeliveries();
	await enqueueReads();
}

export async function sweepLaporLists(): Promise<void> {
	if (env().LAPOR_MODE === 'api' && !(await haltOf())) await refreshLaporLists();
}

/**
 * Releases rows of dead workers. Without `create_started_at` nothing was sent, so the row waits again. With it, the report may
 * be at LAPOR, so the row becomes unknown. The fence increases, so a worker that was only slow can't change the row.
 */
export async function recoverDeadLeases(): Promise<void> {
	const dead = await db()
		.select({ id: escalations.id })
		.from(escalations)
		.where(and(eq(escalations.state, 'sending'), lte(escalations.leaseUntil, now())))
		.limit(BATCH);
	await eachInTransaction(dead, (tx, { id }) => recoverOne(tx, id), 'the forward of a dead worker was not released');
}

async function recoverOne(tx: Tx, id: string): Promise<void> {
	const locked = await lockEscalation(tx, id);
	const { escalation: row } = locked;
	if (row.state !== 'sending' || !row.leaseUntil || row.leaseUntil > now()) return;
	const code = row.createStartedAt ? 'lease_lost_after_create' : 'lease_lost_before_create';
	await recordAttempt(tx, row, {
		step: 'create',
		startedAt: row.createStartedAt ?? row.leaseUntil,
		outcome: row.createStartedAt ? 'unknown' : 'not_sent',
		reason: { code }
	});
	const escalation = await changeEscalation(tx, row, { fence: row.fence + 1 });
	if (row.createStartedAt) await toUnknown(tx, { ...locked, escalation }, { code }, true);
	else await toWaiting(tx, { ...locked, escalation }, { code });
}

/**
 * Join condition that leaves out rows whose case's processing is restricted. They wait and do not become stuck, because
 * a restricted report is not sent.
 */
const unrestrictedCase = and(eq(cases.id, escalations.caseId), isNull(cases.processingRestrictedAt));

/** Marks rows that waited a day without an attempt (halted connection, no worker) as stuck. */
async function markStuck(): Promise<void> {
	const { id: rowId, mode, state, waitingSince } = escalations;
	const waiting = await db()
		.select({ id: rowId })
		.from(escalations)
		.innerJoin(cases, unrestrictedCase)
		.where(and(eq(mode, 'api'), eq(state, 'waiting'), lt(waitingSince, ago(STUCK_AFTER_MS))))
		.limit(BATCH);
	if (waiting.length === 0) return;
	const halt = await haltOf();
	const untried: Reason = halt ? { ...halt.reason, code: 'connection_halted' } : { code: 'not_tried' };
	const mark = async (tx: Tx, { id }: { id: string }) => toStuck(tx, await lockEscalation(tx, id), untried);
	await eachInTransaction(waiting, mark, 'a forward that waited a day was not marked as stuck');
}

/** Enqueues due rows and reports with due follow-ups. A row whose job still waits in the queue gets no second job. */
async function enqueueDeliveries(): Promise<void> {
	const { id: rowId, mode, state, nextAttemptAt } = escalations;
	const due = await db()
		.select({ id: rowId })
		.from(escalations)
		.innerJoin(cases, unrestrictedCase)
		.where(and(eq(mode, 'api'), inArray(state, ['waiting', 'stuck']), lte(nextAttemptAt, now())))
		.orderBy(asc(nextAttemptAt))
		.limit(BATCH);
	const ids = [...due.map(({ id }) => id), ...(await escalationsWithDueFollowups(BATCH))];
	await transaction((tx) => enqueueMany(tx, 'escalation-deliver', jobsFor(ids)));
}

const jobsFor = (ids: readonly string[]) => ids.map((escalationId) => ({ escalationId }));

/** Enqueues look-ups and polls. Look-ups have priority, because a person waits for them. */
async function enqueueReads(): Promise<void> {
	await transaction(async (tx) => {
		const lookups = env().LAPOR_LOOKUP ? await takeDue(tx, 'nextLookupAt', eq(escalations.state, 'unknown')) : [];
		const polls = await takeDue(tx, 'nextPollAt', eq(escalations.mode, 'api'));
		await enqueueMany(tx, 'escalation-receive', jobsFor(lookups), { priority: 1 });
		await enqueueMany(tx, 'escalation-receive', jobsFor(polls));
	});
}

/** Ids of the rows whose `clock` is due. Moves the clock on by `READ_MS`; the result of the read sets it again. */
async function takeDue(tx: Tx, clock: 'nextLookupAt' | 'nextPollAt', where: SQL): Promise<string[]> {
	const due = await tx
		.select({ id: escalations.id })
		.from(escalations)
		.where(and(where, lte(escalations[clock], now())))
		.orderBy(asc(escalations[clock]))
		.limit(BATCH)
		.for('update', { skipLocked: true });
	const ids = due.map(({ id }) => id);
	if (ids.length > 0)
		await tx
			.update(escalations)
			.set({ [clock]: fromNow(READ_MS) })
			.where(inArray(escalations.id, ids));
	return ids;
}
