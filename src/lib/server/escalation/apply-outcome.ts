import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import { acceptEscalation } from '#lib/server/escalation/accept.ts';
import { recordAttempt } from '#lib/server/escalation/attempts.ts';
import { nextWaitMs } from '#lib/server/escalation/backoff.ts';
import type { Claim } from '#lib/server/escalation/claim.ts';
import { haltConnection } from '#lib/server/escalation/connection.ts';
import type { Ending } from '#lib/server/escalation/create.ts';
import { recordEscalation } from '#lib/server/escalation/events.ts';
import type { CreateOutcome } from '#lib/server/escalation/outcome.ts';
import type { Reason } from '#lib/server/escalation/reason.ts';
import { changeEscalation, lockEscalation, type EscalationRow, type Locked } from '#lib/server/escalation/rows.ts';

/** Not sent for a day: a person should look, though it is still tried hourly. */
export const STUCK_AFTER_MS = 24 * 3_600_000;

/**
 * Writes down how a try ended, in one transaction with the attempt and the timeline; only if the claim's fence still
 * stands. What comes too late is kept with the attempts, where the person who decides finds it.
 */
export async function applyOutcome(claim: Claim, ending: Ending): Promise<void> {
	const { outcome, call, until } = ending;
	if (outcome.outcome === 'halted') await haltConnection(outcome.reason);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, claim.id);
		const stands = locked.escalation.fence === claim.fence && locked.escalation.state === 'sending';
		if (call) {
			await recordAttempt(tx, claim, {
				step: 'create',
				...call,
				outcome: stands ? outcome.outcome : `late_${outcome.outcome}`,
				reason: 'reason' in outcome ? outcome.reason : undefined,
				laporId: outcome.outcome === 'accepted' ? outcome.laporId : undefined
			});
		}
		if (stands) await apply(tx, locked, outcome, until);
	});
}

async function apply(tx: Tx, before: Locked, outcome: CreateOutcome, until?: Date): Promise<void> {
	switch (outcome.outcome) {
		case 'accepted': {
			const escalation = await changeEscalation(tx, before.escalation, { attempts: before.escalation.attempts + 1 });
			await acceptEscalation(tx, { ...before, escalation }, outcome.laporId, 'lapor');
			return;
		}
		case 'rejected':
			return toRejected(tx, before, outcome.reason);
		case 'unknown':
			return toUnknown(tx, before, outcome.reason, outcome.offer === 'both');
		case 'not_sent':
			return toWaiting(tx, before, outcome.reason, { ...outcome, ...(until ? { until } : {}) });
		case 'halted':
			return toWaiting(tx, before, outcome.reason);
	}
}

const reasonColumns = ({ code, excerpt }: Reason) => ({ reasonCode: code, reasonText: excerpt ?? null });
const reasonData = ({ code, excerpt, status }: Reason) => ({
	reason: code,
	...(status === undefined ? {} : { http_status: status }),
	...(excerpt ? { text: excerpt } : {})
});

/** LAPOR read the report and sent it back: a person edits it, nothing is retried. */
async function toRejected(tx: Tx, before: Locked, reason: Reason): Promise<void> {
	const escalation = await changeEscalation(tx, before.escalation, {
		state: 'rejected',
		attempts: before.escalation.attempts + 1,
		leaseUntil: null,
		nextAttemptAt: null,
		...reasonColumns(reason)
	});
	await recordEscalation(tx, { ...before, escalation }, 'escalation_rejected', 'lapor', reasonData(reason));
}

/** First look-up soon; then by the same waits as a send. */
export const nextLookup = (lookups: number): Date =>
	new Date(now().getTime() + nextWaitMs(lookups, env().LAPOR_RETRY_SECONDS, Math.random));

/** The report may be at LAPOR. It is never sent again by itself: a look-up or a person decides. */
export async function toUnknown(tx: Tx, before: Locked, reason: Reason, absentOffered: boolean): Promise<void> {
	const escalation = await changeEscalation(tx, before.escalation, {
		state: 'unknown',
		attempts: before.escalation.attempts + 1,
		leaseUntil: null,
		nextAttemptAt: null,
		absentOffered,
		nextLookupAt: env().LAPOR_LOOKUP ? nextLookup(1) : null,
		lookups: 0,
		...reasonColumns(reason)
	});
	await recordEscalation(tx, { ...before, escalation }, 'escalation_unknown', 'system', reasonData(reason));
}

/**
 * Nothing has left: the row waits for its next try, after a day as `stuck`. The timeline says it once for each new
 * reason, not for each try; the attempts say the rest.
 */
export async function toWaiting(
	tx: Tx,
	before: Locked,
	reason: Reason,
	{ retryAfterMs = 0, until }: { retryAfterMs?: number; until?: Date } = {}
): Promise<void> {
	const { escalation: row } = before;
	const failures = row.failures + (until ? 0 : 1);
	const wait = nextWaitMs(Math.max(1, failures), env().LAPOR_RETRY_SECONDS, Math.random, retryAfterMs);
	const stuck = isStuck(row);
	const escalation = await changeEscalation(tx, row, {
		state: stuck ? 'stuck' : 'waiting',
		failures,
		attempts: row.attempts + (until ? 0 : 1),
		leaseUntil: null,
		createStartedAt: null,
		nextAttemptAt: until ?? new Date(now().getTime() + wait),
		...(stuck && !row.stuckAt ? { stuckAt: now() } : {}),
		...reasonColumns(reason)
	});
	const after = { ...before, escalation };
	if (stuck && !row.stuckAt) await recordEscalation(tx, after, 'escalation_stuck', 'system', reasonData(reason));
	else if (row.reasonCode !== reason.code)
		await recordEscalation(tx, after, 'escalation_delayed', 'system', reasonData(reason));
}

const isStuck = (row: EscalationRow): boolean =>
	now().getTime() - (row.waitingSince ?? row.createdAt).getTime() >= STUCK_AFTER_MS;

/** A row that has waited a day without a try of its own (a halted connection, an open circuit) is stuck as well. */
export async function toStuck(tx: Tx, before: Locked): Promise<void> {
	if (before.escalation.state !== 'waiting' || !isStuck(before.escalation)) return;
	const escalation = await changeEscalation(tx, before.escalation, { state: 'stuck', stuckAt: now() });
	const { reasonCode, reasonText } = escalation;
	await recordEscalation(tx, { ...before, escalation }, 'escalation_stuck', 'system', {
		...(reasonCode ? { reason: reasonCode } : {}),
		...(reasonText ? { text: reasonText } : {})
	});
}
