import { and, eq, gt, inArray, lte, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { lockEscalations, type Locked } from '../rows.ts';

const leaseEnd = () => new Date(now().getTime() + env().LAPOR_LEASE_SECONDS * 1000);

/** Claims one row. Undefined if it is not due. */
export async function claimEscalation(id: string): Promise<Locked | undefined> {
	const [claimed] = await claimEscalations([id]);
	return claimed;
}

/**
 * Claims the due rows among `ids`: state `sending`, a lease and the next fencing number, committed before any call. Rows that
 * are not due, claimed by another worker or in manual mode do not change.
 */
export async function claimEscalations(ids: readonly string[]): Promise<Locked[]> {
	return transaction(async (tx) => {
		const due = await lockEscalations(tx, ids, isDue());
		if (due.length === 0) return [];
		const changed = tx
			.update(escalations)
			.set({
				state: 'sending',
				fence: sql`${escalations.fence} + 1`,
				leaseUntil: leaseEnd(),
				createStartedAt: null,
				queuedAt: null,
				updatedAt: now(),
				version: sql`${escalations.version} + 1`
			})
			.where(
				inArray(
					escalations.id,
					due.map(({ escalation }) => escalation.id)
				)
			)
			.returning();
		const mirrored = tx
			.update(cases)
			.set({ escalationState: 'sending' })
			.where(
				inArray(
					cases.id,
					due.map(({ row }) => row.id)
				)
			);
		const [claimed] = await Promise.all([changed, mirrored]);
		const rows = new Map(claimed.map((row) => [row.id, row]));
		return due.map((one) => ({ ...one, escalation: rows.get(one.escalation.id) ?? one.escalation }));
	});
}

const isDue = () =>
	and(
		eq(escalations.mode, 'api'),
		inArray(escalations.state, ['waiting', 'stuck']),
		lte(escalations.nextAttemptAt, now())
	);

/** A claim: row id and fencing number. */
export type Claim = Pick<Locked['escalation'], 'id' | 'fence'>;

const held = (claims: readonly Claim[]) =>
	and(
		or(...claims.map(({ id, fence }) => and(eq(escalations.id, id), eq(escalations.fence, fence)))),
		eq(escalations.state, 'sending')
	);

/**
 * Extends the lease of a valid claim. `starting` also commits `create_started_at`; if a worker dies after that, its row
 * becomes unknown instead of waiting.
 *
 * @returns false if the claim was lost, also during this call; then nothing may be sent
 */
export async function renewLease(claim: Claim, how: { starting?: boolean } = {}): Promise<boolean> {
	return (await renewLeases([claim], how)).has(claim.id);
}

/** The same for several claims. @returns the ids of the valid ones */
export async function renewLeases(claims: readonly Claim[], { starting = false } = {}): Promise<ReadonlySet<string>> {
	if (claims.length === 0) return new Set();
	const until = leaseEnd();
	const renewed = await db()
		.update(escalations)
		.set({ leaseUntil: until, ...(starting ? { createStartedAt: now() } : {}) })
		.where(and(held(claims), gt(escalations.leaseUntil, now())))
		.returning({ id: escalations.id });
	return new Set(until > now() ? renewed.map(({ id }) => id) : []);
}

/** Renews the lease while `work` runs, so that a slow call does not look like a dead worker. */
export async function holdingLease<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
	const every = Math.max(200, (env().LAPOR_LEASE_SECONDS * 1000) / 3);
	// A failed renewal is ignored here, because the fence is checked when the outcome is recorded.
	const timer = setInterval(() => void renewLease(claim).catch(() => false), every);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}
