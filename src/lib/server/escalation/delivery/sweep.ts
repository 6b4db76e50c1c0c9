import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, or } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { haltOf } from '../connection/connection.ts';
import { escalationsWithDueFollowups, recoverFollowups } from '../followups/delivery.ts';
import { refreshMasters } from '../connection/masters.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { markStuck, recoverDeadLeases } from './recover.ts';
import { enqueue, enqueueMany, untaken } from '#lib/server/jobs/queue.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

/** Rows that get a job in one round; the next round is a minute later. */
const BATCH = 1000;

/** An older job has died with its worker or queue, and the row gets another one. */
const JOB_MS = 5 * 60_000;

/** For a longer queue, the sweep does not check which rows still have a job. */
const QUEUE_READ = 10_000;

/** A job starts a round each minute. If a wait is set shorter, rounds repeat within the minute. */
const ROUND_SECONDS = 60;

/**
 * Runs one round, and further ones within the minute if the settings have shorter waits.
 *
 * @param until when the next minute's round starts; absent for the minute's own call
 */
export async function sweepRounds({ until }: { until?: string }): Promise<void> {
	const end = until ? new Date(until) : new Date(now().getTime() + (ROUND_SECONDS - 5) * 1000);
	await sweepEscalations();
	const { LAPOR_MODE, LAPOR_POLL_SECONDS, LAPOR_RETRY_SECONDS } = env();
	const shortest = Math.min(LAPOR_POLL_SECONDS, ...LAPOR_RETRY_SECONDS);
	const next = new Date(now().getTime() + shortest * 1000);
	if (LAPOR_MODE !== 'api' || shortest >= ROUND_SECONDS || next >= end) return;
	await transaction((tx) => enqueue(tx, 'escalation-sweep', { until: end.toISOString() }, { startAfter: next }));
}

/**
 * Runs each minute: releases rows of dead workers, marks rows that have waited a day, and enqueues due rows without a job. The
 * queue itself retries nothing; only the rows decide.
 */
export async function sweepEscalations(): Promise<void> {
	await recoverDeadLeases();
	await recoverFollowups();
	await markStuck();
	if (!laporClient() || (await haltOf())) return;
	if (!(await outgoingHeld())) {
		await enqueueDeliveries();
		await enqueueFollowups();
	}
	await enqueueReads();
}

/** Runs each minute: refreshes LAPOR's lists if due. */
export async function sweepMasters(): Promise<void> {
	if (env().LAPOR_MODE === 'api' && !(await haltOf())) await refreshMasters();
}

const markedBefore = (ms: number) =>
	or(isNull(escalations.queuedAt), lt(escalations.queuedAt, new Date(now().getTime() - ms)));

async function enqueueDeliveries(): Promise<void> {
	const due = await db()
		.select({ id: escalations.id })
		.from(escalations)
		.where(
			and(
				eq(escalations.mode, 'api'),
				inArray(escalations.state, ['waiting', 'stuck']),
				lte(escalations.nextAttemptAt, now()),
				markedBefore(leaseMs())
			)
		)
		.orderBy(asc(escalations.nextAttemptAt))
		.limit(BATCH);
	await makeDeliveries(due.map(({ id }) => id));
}

async function enqueueFollowups(): Promise<void> {
	await makeDeliveries(await escalationsWithDueFollowups(BATCH));
}

const leaseMs = () => env().LAPOR_LEASE_SECONDS * 1000;

/**
 * Finds rows whose job is gone. A worker claims the row well within a lease after it takes the job, so if it has not, the
 * worker is dead.
 */
async function orphaned(rows: readonly { id: string; queuedAt: Date | null }[]): Promise<string[]> {
	const marked = rows.filter(({ queuedAt }) => queuedAt && queuedAt.getTime() > now().getTime() - JOB_MS);
	if (marked.length === 0) return [];
	const jobs = await untaken('escalation-deliver', QUEUE_READ);
	if (jobs.length === QUEUE_READ) return [];
	const waiting = new Set(jobs.map(({ escalationId }) => escalationId));
	return marked.flatMap(({ id }) => (waiting.has(id) ? [] : [id]));
}

/**
 * Marks rows as having a job in the commit that enqueues it. Locked rows are left to the next round, so a round never waits for
 * a row while it has locked others.
 */
async function makeDeliveries(ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	const marks = { id: escalations.id, queuedAt: escalations.queuedAt };
	const rows = await db()
		.select(marks)
		.from(escalations)
		.where(and(inArray(escalations.id, [...ids]), markedBefore(leaseMs())));
	const orphans = await orphaned(rows);
	await transaction(async (tx) => {
		const jobless = or(markedBefore(JOB_MS), and(inArray(escalations.id, orphans), markedBefore(leaseMs())));
		const free = await tx
			.select(marks)
			.from(escalations)
			.where(and(inArray(escalations.id, idsOf(rows)), jobless))
			.for('update', { skipLocked: true });
		if (free.length === 0) return;
		await tx
			.update(escalations)
			.set({ queuedAt: now() })
			.where(inArray(escalations.id, idsOf(free)));
		await enqueueMany(tx, 'escalation-deliver', jobsFor(free));
	});
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);
const jobsFor = (rows: readonly { id: string }[]) => rows.map(({ id }) => ({ escalationId: id }));

/**
 * Enqueues polls and look-ups. Moves their next time past the life of the job; the result sets it again. Look-ups come before
 * all polls, because somebody waits for them.
 */
async function enqueueReads(): Promise<void> {
	const later = new Date(now().getTime() + JOB_MS);
	await transaction(async (tx) => {
		const polls = await tx
			.select({ id: escalations.id })
			.from(escalations)
			.where(and(eq(escalations.mode, 'api'), isNotNull(escalations.nextPollAt), lte(escalations.nextPollAt, now())))
			.orderBy(asc(escalations.nextPollAt))
			.limit(BATCH)
			.for('update', { skipLocked: true });
		const lookups = env().LAPOR_LOOKUP
			? await tx
					.select({ id: escalations.id })
					.from(escalations)
					.where(and(eq(escalations.state, 'unknown'), lte(escalations.nextLookupAt, now())))
					.orderBy(asc(escalations.nextLookupAt))
					.limit(BATCH)
					.for('update', { skipLocked: true })
			: [];
		if (polls.length > 0)
			await tx
				.update(escalations)
				.set({ nextPollAt: later })
				.where(inArray(escalations.id, idsOf(polls)));
		if (lookups.length > 0)
			await tx
				.update(escalations)
				.set({ nextLookupAt: later })
				.where(inArray(escalations.id, idsOf(lookups)));
		await enqueueMany(tx, 'escalation-receive', jobsFor(lookups), { priority: 1 });
		await enqueueMany(tx, 'escalation-receive', jobsFor(polls));
	});
}
