import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, or } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { haltOf } from '#lib/server/escalation/connection.ts';
import { escalationsWithDueFollowups, recoverFollowups } from '#lib/server/escalation/followup-delivery.ts';
import { refreshInstitutions } from '#lib/server/escalation/institutions.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';
import { markStuck, recoverDeadLeases } from '#lib/server/escalation/recover.ts';
import { enqueue, type JobName } from '#lib/server/jobs/queue.ts';

/** Rows a round makes jobs of; the next round is a minute later. */
const BATCH = 1000;

/** A job that is older than this has died with its worker or its queue, and the row gets another one. */
const JOB_MS = 5 * 60_000;

/** The round is called each minute; where waits are set shorter than that it calls itself again in between. */
const ROUND_SECONDS = 60;

/**
 * One round, and where the settings ask for shorter waits than a minute, further ones until the next is called.
 *
 * @param until when the next minute's round takes over; absent on the call of the minute itself
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
 * Each minute: takes back what dead workers held, marks what has waited a day, and makes jobs of rows that are due and
 * have none. The queue itself retries nothing; the rows are the only clock.
 */
export async function sweepEscalations(): Promise<void> {
	await recoverDeadLeases();
	await recoverFollowups();
	await markStuck();
	if (!laporClient() || (await haltOf())) return;
	await enqueueDeliveries();
	await enqueueFollowups();
	await enqueueReads();
	if (env().LAPOR_MODE === 'api') await refreshInstitutions();
}

const jobless = () => or(isNull(escalations.queuedAt), lt(escalations.queuedAt, new Date(now().getTime() - JOB_MS)));

async function enqueueDeliveries(): Promise<void> {
	const due = await db()
		.select({ id: escalations.id })
		.from(escalations)
		.where(
			and(
				eq(escalations.mode, 'api'),
				inArray(escalations.state, ['waiting', 'stuck']),
				lte(escalations.nextAttemptAt, now()),
				jobless()
			)
		)
		.orderBy(asc(escalations.nextAttemptAt))
		.limit(BATCH);
	await makeJobs(
		'escalation-deliver',
		due.map(({ id }) => id)
	);
}

async function enqueueFollowups(): Promise<void> {
	await makeJobs('escalation-deliver', await escalationsWithDueFollowups(BATCH));
}

/** The row says that it has a job in the same commit in which it gets one. */
async function makeJobs(name: 'escalation-deliver', ids: readonly string[]): Promise<void> {
	if (ids.length === 0) return;
	await transaction(async (tx) => {
		const marked = await tx
			.update(escalations)
			.set({ queuedAt: now() })
			.where(and(inArray(escalations.id, [...ids]), jobless()))
			.returning({ id: escalations.id });
		for (const { id } of marked) await enqueue(tx, name, { escalationId: id });
	});
}

/** Polls and look-ups: their clock is moved past the job's own life, and set anew by what the look brings. */
async function enqueueReads(): Promise<void> {
	const later = new Date(now().getTime() + JOB_MS);
	const name: JobName = 'escalation-receive';
	await transaction(async (tx) => {
		const polls = await tx
			.select({ id: escalations.id })
			.from(escalations)
			.where(and(eq(escalations.mode, 'api'), isNotNull(escalations.nextPollAt), lte(escalations.nextPollAt, now())))
			.orderBy(asc(escalations.nextPollAt))
			.limit(BATCH);
		const lookups = env().LAPOR_LOOKUP
			? await tx
					.select({ id: escalations.id })
					.from(escalations)
					.where(and(eq(escalations.state, 'unknown'), lte(escalations.nextLookupAt, now())))
					.orderBy(asc(escalations.nextLookupAt))
					.limit(BATCH)
			: [];
		const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
		if (polls.length > 0)
			await tx
				.update(escalations)
				.set({ nextPollAt: later })
				.where(inArray(escalations.id, ids(polls)));
		if (lookups.length > 0)
			await tx
				.update(escalations)
				.set({ nextLookupAt: later })
				.where(inArray(escalations.id, ids(lookups)));
		for (const id of [...ids(polls), ...ids(lookups)]) await enqueue(tx, name, { escalationId: id });
	});
}
