import { and, asc, eq, inArray, isNull, lte, sql } from 'drizzle-orm';
import { readFollowupId } from '#lib/server/integrations/lapor/responses.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { FollowupToSend } from '#lib/server/integrations/lapor/types.ts';
import { ago, now } from '#lib/server/clock.ts';
import { eachInTransaction } from '#lib/server/db/each-in-transaction.ts';
import { db, transaction, type Database, type Tx } from '#lib/server/db/index.ts';
import { retryWhileDatabaseAway } from '#lib/server/db/retry-while-away.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { recordAttempt, recordCall } from '../call-log.ts';
import { retryAt } from '../connection/backoff.ts';
import { throughCircuit, type CallResult } from '../connection/circuit.ts';
import { goneAlone, haltConnection, refusedAlone } from '../connection/connection.ts';
import { STUCK_AFTER_MS } from '../delivery/after-attempt.ts';
import { hasLostNumber, lockEscalation, LOST_NUMBER, recordEscalation, type Forward } from '../rows.ts';
import type { FollowupRow } from './followups.ts';
import { idOf, laporIdsOf } from '../connection/report-settings.ts';
import { factsOfRow } from '../forward/compose.ts';
import { clientWithoutWithheldName } from '../forward/remove-name-from-responses.ts';
import { classifySend, type SendOutcome } from '../classify-response.ts';
import { withdrawUnsent } from '../delivery/withdraw-forward.ts';
import { dropFollowupTasks, raiseTask, raiseTaskOnce } from '../tasks.ts';

/**
 * Sends the waiting follow-ups of a report in order, each only after the one before has ended. The report's state does
 * not change, so a failed follow-up can neither repeat nor fail a create.
 */
export async function deliverFollowups(client: LaporClient, escalationId: string): Promise<void> {
	while (await deliverNext(client, escalationId));
}

/** @returns whether a follow-up has ended and the next one may be sent */
async function deliverNext(client: LaporClient, escalationId: string): Promise<boolean> {
	if (!(await nextOf(db(), escalationId))) return false;
	const hidingClient = await clientWithoutWithheldName(client, escalationId);
	const made = await throughCircuit('followup_add', () => sendNext(hidingClient, escalationId));
	if ('result' in made) return made.result;
	await postponeNext(escalationId, made.openUntil);
	return false;
}

async function sendNext(client: LaporClient, escalationId: string): Promise<CallResult<boolean>> {
	const claimed = await claimNext(escalationId);
	// If the commit took longer than the lease, another worker may have claimed the follow-up.
	if (!claimed || claimed.startedAt <= ago(leaseMs())) return { works: undefined, result: false };
	const { escalation, followup, sender, startedAt, secret } = claimed;
	const seen = await client.addFollowup({
		...sender,
		complaintId: escalation.laporId ?? '',
		secret,
		content: followup.content
	});
	const classified = await refusedAlone<SendOutcome>(client, classifySend(seen, now()));
	const outcome = await goneAlone(client, classified);
	// First of all, because only this process knows what LAPOR answered.
	await retryWhileDatabaseAway(() =>
		transaction(async (tx) => {
			const locked = await lockEscalation(tx, escalationId);
			await recordCall(tx, escalation, { step: 'followup', startedAt, seen }, outcome);
			await apply(tx, locked, followup, outcome, readFollowupId(seen.json));
		})
	);
	if (outcome.kind === 'halted') await haltConnection(outcome.reason);
	const works = outcome.kind === 'sent' || outcome.kind === 'refused';
	return { works, result: works || outcome.kind === 'unknown' };
}

const leaseMs = () => env().LAPOR_LEASE_SECONDS * 1000;

type Sender = Pick<FollowupToSend, 'userId' | 'institutionFromId' | 'templateCode'>;

/** The ids of the follow-up's sender, or the settings that an administrator must enter first. */
async function senderOf(tx: Tx, { unit }: Forward): Promise<Sender | { missing: string }> {
	const ids = await laporIdsOf(unit);
	const userId = idOf(ids, 'user');
	const institutionFromId = idOf(ids, 'institution');
	if (userId !== undefined && institutionFromId !== undefined)
		return { userId, institutionFromId, templateCode: ids.template };
	const missing = [userId === undefined && 'user', institutionFromId === undefined && 'institution'];
	return { missing: missing.filter(Boolean).join(', ') };
}

/** The first unfinished follow-up, if it is due and not being sent. */
async function nextOf(on: Database | Tx, escalationId: string): Promise<FollowupRow | undefined> {
	const { state, seq } = escalationFollowups;
	const [first] = await on
		.select()
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, escalationId), inArray(state, ['waiting', 'sending'])))
		.orderBy(asc(seq))
		.limit(1);
	const due = first?.state === 'waiting' && (!first.nextAttemptAt || first.nextAttemptAt <= now());
	return due ? first : undefined;
}

/** Changes a follow-up if it is still at this attempt and in one of `states`. */
async function change(
	tx: Tx,
	followup: FollowupRow,
	set: Partial<FollowupRow>,
	states: string[] = [followup.state]
): Promise<FollowupRow | undefined> {
	const { id, state, attempts } = escalationFollowups;
	const [changed] = await tx
		.update(escalationFollowups)
		.set(set)
		.where(and(eq(id, followup.id), inArray(state, states), eq(attempts, followup.attempts)))
		.returning();
	return changed;
}

/** Locks the forward and returns its next follow-up, if it may be sent. One that is late also becomes a task. */
async function lockNext(tx: Tx, escalationId: string): Promise<{ locked: Forward; next: FollowupRow } | undefined> {
	const locked = await lockEscalation(tx, escalationId);
	if (locked.row.processingRestrictedAt || (await withdrawUnsent(tx, locked))) return undefined;
	const { escalation } = locked;
	const isExchanged = escalation.mode === 'api' && escalation.laporId && !hasLostNumber(escalation);
	const next = isExchanged ? await nextOf(tx, escalationId) : undefined;
	if (next) await raiseTaskIfLate(tx, locked, next);
	return next && { locked, next };
}

/** Lets the next follow-up wait until the end of an open circuit. */
async function postponeNext(escalationId: string, openUntil: Date): Promise<void> {
	await transaction(async (tx) => {
		const found = await lockNext(tx, escalationId);
		if (found) await change(tx, found.next, { nextAttemptAt: openUntil, reasonCode: 'circuit_open' });
	});
}

/** Claims the next follow-up. This is committed before the call; from then on the follow-up may be at LAPOR. */
async function claimNext(escalationId: string) {
	return transaction(async (tx) => {
		const found = await lockNext(tx, escalationId);
		if (!found) return undefined;
		const { locked, next } = found;
		const { escalation } = locked;
		const attempts = next.attempts + 1;
		const sender = await senderOf(tx, locked);
		if ('missing' in sender) {
			const reason = { code: 'own_validation' as const, excerpt: sender.missing };
			return void (await change(tx, next, { attempts, ...columnsOf({ attempts }, { kind: 'not_sent', reason }) }));
		}
		const startedAt = now();
		const followup = await change(tx, next, { state: 'sending', startedAt, attempts });
		// Polling of a closed report may have ended. Poll again for LAPOR's reaction, for example to a dispute.
		if (followup && escalation.state === 'closed')
			await tx.update(escalations).set({ nextPollAt: startedAt }).where(eq(escalations.id, escalationId));
		// The reporter may have withdrawn the permission to publish after the report was sent.
		const secret = factsOfRow(escalation).secret || locked.row.secret;
		return followup && { escalation, followup, sender, startedAt, secret };
	});
}

/**
 * Creates a task if the follow-up was tried and has waited for a day, again each day. Only a person can end it if a
 * setting is missing. Other tasks of the forward go first.
 */
async function raiseTaskIfLate(tx: Tx, locked: Forward, { createdAt, reasonCode }: FollowupRow): Promise<void> {
	const dayAgo = ago(STUCK_AFTER_MS);
	if (reasonCode && createdAt <= dayAgo && !locked.escalation.task)
		await raiseTaskOnce(tx, locked, 'followup_failed', dayAgo);
}

/** States besides `sending` in which an outcome that comes late is still applied. */
const LATE_STATES: Record<SendOutcome['kind'], string[]> = {
	sent: ['unknown', 'waiting'],
	refused: ['unknown'],
	not_sent: ['unknown'],
	halted: ['unknown'],
	unknown: []
};

/**
 * Applies an outcome, also one that comes after its slow worker was treated as dead. A late success keeps the follow-up,
 * which already waits to be sent again, from being sent twice. A late refusal saves staff the search for it at LAPOR.
 */
async function apply(
	tx: Tx,
	locked: Forward,
	followup: FollowupRow,
	outcome: SendOutcome,
	remoteId?: string
): Promise<void> {
	const states = ['sending', ...LATE_STATES[outcome.kind]];
	const { source, eventSeq: event, part } = followup;
	if (!(await change(tx, followup, columnsOf(followup, outcome, remoteId), states))) return;
	// One that goes on waiting keeps the task that nothing took it for a day.
	const isWaiting = outcome.kind === 'not_sent' || outcome.kind === 'halted';
	const keepsTask = isWaiting && locked.escalation.task === 'followup_failed';
	const escalation = keepsTask ? locked.escalation : await dropFollowupTasks(tx, locked.escalation);
	const after = { ...locked, escalation };
	if (outcome.kind === 'sent')
		await recordEscalation(tx, after, 'escalation_followup_sent', 'system', { source, event, part });
	else if (outcome.kind === 'refused' || outcome.kind === 'unknown') {
		const task = outcome.kind === 'refused' ? 'followup_failed' : 'followup_unknown';
		await raiseTask(tx, after, task, outcome.reason.excerpt);
	}
}

function columnsOf(
	{ attempts }: Pick<FollowupRow, 'attempts'>,
	outcome: SendOutcome,
	remoteId?: string
): Partial<FollowupRow> {
	if (outcome.kind === 'sent')
		return { state: 'sent', sentAt: now(), remoteId: remoteId ?? null, reasonCode: null, reasonText: null };
	const reason = { reasonCode: outcome.reason.code, reasonText: outcome.reason.excerpt ?? null };
	if (outcome.kind === 'refused') return { state: 'rejected', ...reason };
	if (outcome.kind === 'unknown') return { state: 'unknown', ...reason };
	const retryAfterMs = outcome.kind === 'not_sent' ? outcome.retryAfterMs : undefined;
	return { state: 'waiting', nextAttemptAt: retryAt(attempts, retryAfterMs), ...reason };
}

const BATCH = 500;

/** Marks follow-ups of dead workers as unknown. Polling finds them, or a person decides. */
export async function recoverFollowups(): Promise<void> {
	const { state, startedAt } = escalationFollowups;
	const dead = await db()
		.select()
		.from(escalationFollowups)
		.where(and(eq(state, 'sending'), lte(startedAt, ago(leaseMs()))))
		.limit(BATCH);
	await eachInTransaction(dead, recoverFollowup, 'the follow-up of a dead worker was not marked as unknown');
}

async function recoverFollowup(tx: Tx, followup: FollowupRow): Promise<void> {
	const locked = await lockEscalation(tx, followup.escalationId);
	const reason = { code: 'lease_lost_after_create' } as const;
	if (!(await change(tx, followup, { state: 'unknown', reasonCode: reason.code }))) return;
	await recordAttempt(tx, locked.escalation, {
		step: 'followup',
		startedAt: followup.startedAt ?? now(),
		outcome: 'unknown',
		reason
	});
	await raiseTask(tx, locked, 'followup_unknown');
}

/** Ids of the escalations that have a due follow-up, for the sweep. During a restriction of processing none is sent. */
export async function escalationsWithDueFollowups(limit: number): Promise<string[]> {
	const isDue = and(eq(escalationFollowups.state, 'waiting'), lte(escalationFollowups.nextAttemptAt, now()));
	const hasNumber = sql`${escalations.reasonCode} is distinct from ${LOST_NUMBER}`;
	const due = await db()
		.selectDistinct({ id: escalations.id })
		.from(escalationFollowups)
		.innerJoin(escalations, eq(escalations.id, escalationFollowups.escalationId))
		.innerJoin(cases, and(eq(cases.id, escalations.caseId), isNull(cases.processingRestrictedAt)))
		.where(and(isDue, eq(escalations.mode, 'api'), inArray(escalations.state, ['sent', 'closed']), hasNumber))
		.limit(limit);
	return due.map(({ id }) => id);
}
