import { and, eq, gt } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { changeEscalation, lockEscalation, type EscalationRow, type Locked } from '../rows.ts';

/** A claim: row id and fencing number. */
export type Claim = Pick<EscalationRow, 'id' | 'fence'>;

const leaseEnd = () => new Date(now().getTime() + env().LAPOR_LEASE_SECONDS * 1000);

const isDue = ({ mode, state, nextAttemptAt }: EscalationRow): boolean =>
	mode === 'api' && (state === 'waiting' || state === 'stuck') && nextAttemptAt !== null && nextAttemptAt <= now();

/**
 * Claims a due row: state `sending`, a lease and the next fencing number, committed before any call. Undefined if the row is
 * not due, claimed by another worker or in manual mode.
 */
export async function claimEscalation(id: string): Promise<Locked | undefined> {
	return transaction(async (tx) => {
		const locked = await lockEscalation(tx, id);
		if (!isDue(locked.escalation)) return undefined;
		const escalation = await changeEscalation(tx, locked.escalation, {
			state: 'sending',
			fence: locked.escalation.fence + 1,
			leaseUntil: leaseEnd(),
			createStartedAt: null
		});
		return { ...locked, escalation };
	});
}

/**
 * Extends the lease of a valid claim. `starting` also commits `create_started_at`; if a worker dies after that, its row
 * becomes unknown instead of waiting.
 *
 * @returns false if the claim was lost, also during this call; then nothing may be sent
 */
export async function renewLease({ id, fence }: Claim, { starting = false } = {}): Promise<boolean> {
	const until = leaseEnd();
	const isHeld = and(eq(escalations.state, 'sending'), gt(escalations.leaseUntil, now()));
	const renewed = await db()
		.update(escalations)
		.set({ leaseUntil: until, ...(starting ? { createStartedAt: now() } : {}) })
		.where(and(eq(escalations.id, id), eq(escalations.fence, fence), isHeld))
		.returning({ id: escalations.id });
	return renewed.length > 0 && until > now();
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
