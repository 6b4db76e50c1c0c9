import { and, eq, gt } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { changeEscalation, lockEscalation, type Locked } from '#lib/server/escalation/rows.ts';

const leaseEnd = () => new Date(now().getTime() + env().LAPOR_LEASE_SECONDS * 1000);

/**
 * Takes a row that is due: state `sending`, a lease that expires, and the next fencing number, committed before anything
 * is called. Undefined where there is nothing to take: not due, taken by another worker, or not this machine's to send.
 */
export async function claimEscalation(id: string): Promise<Locked | undefined> {
	// A look without a lock first: most calls find nothing to take, and locks are for those who change something.
	const [known] = await db().select().from(escalations).where(eq(escalations.id, id));
	if (!known || !isDue(known)) return undefined;
	return transaction(async (tx) => {
		const found = await lockEscalation(tx, id);
		const { escalation: row } = found;
		if (!isDue(row)) return undefined;
		const escalation = await changeEscalation(tx, row, {
			state: 'sending',
			fence: row.fence + 1,
			leaseUntil: leaseEnd(),
			createStartedAt: null,
			queuedAt: null
		});
		return { ...found, escalation };
	});
}

function isDue(row: Locked['escalation']): boolean {
	const sendable = row.mode === 'api' && (row.state === 'waiting' || row.state === 'stuck');
	return sendable && row.nextAttemptAt !== null && row.nextAttemptAt <= now();
}

/** A claim as its holder carries it. */
export type Claim = Pick<Locked['escalation'], 'id' | 'fence'>;

const held = ({ id, fence }: Claim) =>
	and(eq(escalations.id, id), eq(escalations.fence, fence), eq(escalations.state, 'sending'));

/**
 * Lengthens the lease of a claim that still stands and has not run out. `starting`: also commits `create_started_at`,
 * the line after which a dead worker leaves an unknown instead of a waiting row.
 *
 * @returns false where the claim was lost; then nothing may be called
 */
export async function renewLease(claim: Claim, { starting = false } = {}): Promise<boolean> {
	const [renewed] = await db()
		.update(escalations)
		.set({ leaseUntil: leaseEnd(), ...(starting ? { createStartedAt: now() } : {}) })
		.where(and(held(claim), gt(escalations.leaseUntil, now())))
		.returning({ id: escalations.id });
	return renewed !== undefined;
}

/** Renews the lease while `work` runs, so that a slow call is no dead worker. */
export async function holdingLease<T>(claim: Claim, work: () => Promise<T>): Promise<T> {
	const every = Math.max(200, (env().LAPOR_LEASE_SECONDS * 1000) / 3);
	// A renewal that fails changes nothing here: what the call brings back is asked for its fence anyway.
	const timer = setInterval(() => void renewLease(claim).catch(() => false), every);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}
