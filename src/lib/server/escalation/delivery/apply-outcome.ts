import { now } from '#lib/server/clock.ts';
import { transaction, type Tx } from '#lib/server/db/index.ts';
import { env } from '#lib/server/env.ts';
import { acceptAnswered, acceptEscalation } from './accept.ts';
import { recordAttempt, recordAttempts } from '../attempts.ts';
import { nextWaitMs } from '../connection/backoff.ts';
import type { Claim } from './claim.ts';
import { haltConnection } from '../connection/connection.ts';
import type { Ending } from './create.ts';
import { recordEscalation } from '../events.ts';
import { untilAllEnded } from './gathering.ts';
import type { CreateOutcome } from '../outcome.ts';
import type { Reason } from '../reason.ts';
import { changeEscalation, lockEscalation, lockCalled, type Called, type EscalationRow, type Locked } from '../rows.ts';

/** Unsent for a day: needs a person, although it is still retried hourly. */
export const STUCK_AFTER_MS = 24 * 3_600_000;

/** A claim with the outcome of its attempt. */
export interface Ended {
	claim: Claim & Pick<EscalationRow, 'purpose'>;
	ending: Ending;
}

/**
 * Records the outcomes of attempts, each like `applyOutcome`. Accepted reports, which are the most frequent, share one
 * transaction.
 */
export async function applyOutcomes(all: readonly Ended[]): Promise<void> {
	const accepted = all.flatMap(({ claim, ending: { outcome, call } }) =>
		outcome.outcome === 'accepted' && call && claim.purpose !== 'transfer'
			? [{ claim, laporId: outcome.laporId, call }]
			: []
	);
	const together = new Set(accepted.map(({ claim }) => claim.id));
	const others = all.filter(({ claim }) => !together.has(claim.id));
	const oneByOne = (some: readonly Ended[]) =>
		untilAllEnded(some.map(({ claim, ending }) => applyOutcome(claim, ending)));
	await untilAllEnded([
		oneByOne(others),
		applyAccepted(accepted).catch((error: unknown) => {
			// A row that can't be written must not lose the numbers of the others.
			if (accepted.length === 1) throw error;
			return oneByOne(all.filter(({ claim }) => together.has(claim.id)));
		})
	]);
}

type Accepted = { claim: Claim; laporId: string; call: NonNullable<Ending['call']> };

async function applyAccepted(all: readonly Accepted[]): Promise<void> {
	if (all.length === 0) return;
	await transaction(async (tx) => {
		const rows = await lockCalled(
			tx,
			all.map(({ claim }) => claim.id)
		);
		const locked = new Map(rows.map((one) => [one.escalation.id, one]));
		const standing = all.flatMap(({ claim, laporId }) => {
			const one = locked.get(claim.id);
			return one && stands(one, claim) ? [{ called: one, laporId }] : [];
		});
		const standingIds = new Set(standing.map((one) => one.called.escalation.id));
		const attempts = recordAttempts(
			tx,
			all.map(({ claim, laporId, call }) => ({
				of: claim,
				call: { step: 'create', ...call, outcome: standingIds.has(claim.id) ? 'accepted' : 'late_accepted', laporId }
			}))
		);
		await Promise.all([attempts, acceptAnswered(tx, standing)]);
	});
}

const stands = ({ escalation }: Pick<Called, 'escalation'>, claim: Claim): boolean =>
	escalation.fence === claim.fence && escalation.state === 'sending';

/**
 * Records the outcome of an attempt, in one transaction with attempt and timeline, if the claim's fence is still valid. A late
 * outcome is stored with the attempts only, for the person who decides.
 */
export async function applyOutcome(claim: Claim, ending: Ending): Promise<void> {
	const { outcome, call, until } = ending;
	if (outcome.outcome === 'halted') await haltConnection(outcome.reason);
	await transaction(async (tx) => {
		const locked = await lockEscalation(tx, claim.id);
		const inTime = stands(locked, claim);
		if (call) {
			await recordAttempt(tx, claim, {
				step: 'create',
				...call,
				outcome: inTime ? outcome.outcome : `late_${outcome.outcome}`,
				reason: 'reason' in outcome ? outcome.reason : undefined,
				laporId: outcome.outcome === 'accepted' ? outcome.laporId : undefined
			});
		}
		if (inTime) await apply(tx, locked, outcome, until);
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

/** LAPOR rejected the report: a person must edit it, and it is not retried. */
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

/** The first look-up is soon; later ones use the waits of a send. */
export const nextLookup = (lookups: number): Date =>
	new Date(now().getTime() + nextWaitMs(lookups, env().LAPOR_RETRY_SECONDS, Math.random));

/** The report may be at LAPOR. It is not resent automatically; a look-up or a person decides. */
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
 * Nothing was sent: the row waits for its next attempt, after a day as `stuck`. The timeline gets one entry per new reason,
 * not per attempt.
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

/** Whether a row has waited for a day. */
export const isStuck = (row: EscalationRow): boolean =>
	now().getTime() - (row.waitingSince ?? row.createdAt).getTime() >= STUCK_AFTER_MS;
