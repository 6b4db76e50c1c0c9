import { and, asc, eq, inArray, isNull, lte, or } from 'drizzle-orm';
import { readFollowupId } from '#lib/server/integrations/lapor/answers.ts';
import type { LaporClient } from '#lib/server/integrations/lapor/client.ts';
import type { FollowupToSend } from '#lib/server/integrations/lapor/types.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { recordAttempt } from '../attempts.ts';
import { nextWaitMs } from '../connection/backoff.ts';
import { askCircuit, noteCall, returnLeave } from '../connection/circuit.ts';
import { haltConnection } from '../connection/connection.ts';
import { recordEscalation } from '../events.ts';
import type { FollowupRow } from './followups.ts';
import { idOf, laporIdsOf } from '../connection/lapor-ids.ts';
import { factsOfRow } from '../forward/report-source.ts';
import { lockEscalation, type Locked } from '../rows.ts';
import { classifySend, type SendOutcome } from '../side-outcome.ts';
import { dropFollowupTasks, raiseTask } from '../tasks.ts';

/**
 * Sends the waiting follow-ups of a report in order, each only after the one before has ended. The report's own state never
 * changes, so a failed follow-up can neither repeat nor fail a create.
 */
export async function deliverFollowups(client: LaporClient, escalationId: string): Promise<void> {
	while (await deliverNext(client, escalationId));
}

/** @returns whether a follow-up has ended, so that the next may be sent */
async function deliverNext(client: LaporClient, escalationId: string): Promise<boolean> {
	if (!(await nextOf(db(), escalationId))) return false;
	const asked = await askCircuit('followup_add');
	if ('openUntil' in asked) {
		await transaction(async (tx) => {
			const { escalation } = await lockEscalation(tx, escalationId);
			const next = await nextOf(tx, escalation.id);
			if (next) await change(tx, next, { nextAttemptAt: asked.openUntil, reasonCode: 'circuit_open' });
		});
		return false;
	}
	const claimed = await claimNext(escalationId);
	// If the commit took longer than the lease, another worker may have taken over.
	if (!claimed || leaseEnd(claimed.followup) <= now()) {
		await returnLeave(asked.leave);
		return false;
	}
	const { locked, followup, sender } = claimed;
	const seen = await client.addFollowup({
		...sender,
		complaintId: locked.escalation.laporId ?? '',
		secret: factsOfRow(locked.escalation).secret,
		content: followup.content
	});
	const outcome = classifySend(seen, now());
	await noteCall(asked.leave, outcome.outcome === 'sent' || outcome.outcome === 'refused');
	if (outcome.outcome === 'halted') await haltConnection(outcome.reason);
	await transaction(async (tx) => {
		const present = await lockEscalation(tx, escalationId);
		await recordAttempt(tx, locked.escalation, {
			step: 'followup',
			startedAt: followup.startedAt ?? now(),
			durationMs: seen.durationMs,
			outcome: outcome.outcome,
			httpStatus: seen.status,
			reason: 'reason' in outcome ? outcome.reason : undefined
		});
		await apply(tx, present, followup, outcome, readFollowupId(seen.json));
	});
	return outcome.outcome !== 'not_sent' && outcome.outcome !== 'halted';
}

type Sender = Pick<FollowupToSend, 'userId' | 'institutionFromId' | 'templateCode'>;

/** The author of the follow-up, or the setting an administrator must enter first. */
async function senderOf(tx: Tx, { unit }: Locked): Promise<Sender | { missing: string }> {
	const ids = await laporIdsOf(tx, unit);
	const userId = idOf(ids, 'user');
	const institutionFromId = idOf(ids, 'institution');
	if (userId !== undefined && institutionFromId !== undefined)
		return { userId, institutionFromId, ...(ids.template ? { templateCode: ids.template } : {}) };
	const missing = [userId === undefined && 'user', institutionFromId === undefined && 'institution'];
	return { missing: missing.filter(Boolean).join(', ') };
}

/** The first unfinished follow-up if it is due; undefined while it is being sent. */
async function nextOf(on: Tx | ReturnType<typeof db>, escalationId: string): Promise<FollowupRow | undefined> {
	const [first] = await on
		.select()
		.from(escalationFollowups)
		.where(
			and(
				eq(escalationFollowups.escalationId, escalationId),
				inArray(escalationFollowups.state, ['waiting', 'sending'])
			)
		)
		.orderBy(asc(escalationFollowups.seq))
		.limit(1);
	const due = first?.state === 'waiting' && (!first.nextAttemptAt || first.nextAttemptAt <= now());
	return due ? first : undefined;
}

async function change(tx: Tx, followup: FollowupRow, set: Partial<FollowupRow>): Promise<FollowupRow | undefined> {
	const [changed] = await tx
		.update(escalationFollowups)
		.set(set)
		.where(
			and(
				eq(escalationFollowups.id, followup.id),
				eq(escalationFollowups.state, followup.state),
				eq(escalationFollowups.attempts, followup.attempts)
			)
		)
		.returning();
	return changed;
}

const leaseEnd = ({ startedAt }: Pick<FollowupRow, 'startedAt'>): Date =>
	new Date((startedAt ?? now()).getTime() + env().LAPOR_LEASE_SECONDS * 1000);

/** Committed before the call: after this it may be at LAPOR. */
async function claimNext(
	escalationId: string
): Promise<{ locked: Locked; followup: FollowupRow; sender: Sender } | undefined> {
	return transaction(async (tx) => {
		const locked = await lockEscalation(tx, escalationId);
		const { mode, laporId } = locked.escalation;
		const next = mode === 'api' && laporId ? await nextOf(tx, escalationId) : undefined;
		if (!next) return undefined;
		const attempts = next.attempts + 1;
		const sender = await senderOf(tx, locked);
		if ('missing' in sender) {
			const reason = { code: 'own_validation' as const, excerpt: sender.missing };
			await change(tx, next, { attempts, ...columnsOf({ attempts }, { outcome: 'not_sent', reason }) });
			return undefined;
		}
		const followup = await change(tx, next, { state: 'sending', startedAt: now(), attempts });
		return followup && { locked, followup, sender };
	});
}

async function apply(
	tx: Tx,
	locked: Locked,
	followup: FollowupRow,
	outcome: SendOutcome,
	remoteId: string | undefined
): Promise<void> {
	const columns = columnsOf(followup, outcome, remoteId);
	const changed = (await change(tx, followup, columns)) ?? (await applyLate(tx, followup, outcome, columns));
	if (changed) await tell(tx, locked, changed, outcome);
}

/**
 * Records a late success: a slow worker may have been treated as dead, and its follow-up may already wait to be sent again.
 */
async function applyLate(
	tx: Tx,
	followup: FollowupRow,
	outcome: SendOutcome,
	columns: Partial<FollowupRow>
): Promise<FollowupRow | undefined> {
	if (outcome.outcome !== 'sent') return undefined;
	return (
		(await change(tx, { ...followup, state: 'unknown' }, columns)) ??
		(await change(tx, { ...followup, state: 'waiting' }, columns))
	);
}

function columnsOf(
	followup: Pick<FollowupRow, 'attempts'>,
	outcome: SendOutcome,
	remoteId?: string
): Partial<FollowupRow> {
	if (outcome.outcome === 'sent')
		return { state: 'sent', sentAt: now(), remoteId: remoteId ?? null, reasonCode: null, reasonText: null };
	const reason = { reasonCode: outcome.reason.code, reasonText: outcome.reason.excerpt ?? null };
	if (outcome.outcome === 'refused') return { state: 'rejected', ...reason };
	if (outcome.outcome === 'unknown') return { state: 'unknown', ...reason };
	const asked = outcome.outcome === 'not_sent' ? (outcome.retryAfterMs ?? 0) : 0;
	const wait = nextWaitMs(followup.attempts, env().LAPOR_RETRY_SECONDS, Math.random, asked);
	return { state: 'waiting', nextAttemptAt: new Date(now().getTime() + wait), ...reason };
}

async function tell(tx: Tx, locked: Locked, followup: FollowupRow, outcome: SendOutcome): Promise<void> {
	const said = { source: followup.source, event: followup.eventSeq, part: followup.part };
	if (outcome.outcome === 'sent') {
		await recordEscalation(tx, locked, 'escalation_followup_sent', 'system', said);
		await dropFollowupTasks(tx, locked.escalation);
	} else if (outcome.outcome === 'refused' || outcome.outcome === 'unknown') {
		const task = outcome.outcome === 'refused' ? 'followup_failed' : 'followup_unknown';
		await raiseTask(tx, locked, task, outcome.reason.excerpt);
	}
}

const BATCH = 500;

/** Marks follow-ups of dead workers as possibly sent; polling finds them, or a person decides. */
export async function recoverFollowups(): Promise<void> {
	const leaseMs = env().LAPOR_LEASE_SECONDS * 1000;
	const dead = await db()
		.select({ followup: escalationFollowups })
		.from(escalationFollowups)
		.where(
			and(
				eq(escalationFollowups.state, 'sending'),
				lte(escalationFollowups.startedAt, new Date(now().getTime() - leaseMs))
			)
		)
		.limit(BATCH);
	for (const { followup } of dead) {
		await transaction(async (tx) => {
			const locked = await lockEscalation(tx, followup.escalationId);
			const code = 'lease_lost_after_create' as const;
			const changed = await change(tx, followup, { state: 'unknown', reasonCode: code });
			if (!changed) return;
			const startedAt = changed.startedAt ?? now();
			await recordAttempt(tx, locked.escalation, { step: 'followup', startedAt, outcome: 'unknown', reason: { code } });
			await tell(tx, locked, changed, { outcome: 'unknown', reason: { code } });
		});
	}
}

/** Filters the escalations to those with a due follow-up. */
export async function withDueFollowups(ids: readonly string[]): Promise<string[]> {
	const { escalationId, state, nextAttemptAt } = escalationFollowups;
	const due = await db()
		.selectDistinct({ id: escalationId })
		.from(escalationFollowups)
		.where(
			and(inArray(escalationId, [...ids]), eq(state, 'waiting'), or(isNull(nextAttemptAt), lte(nextAttemptAt, now())))
		);
	return due.map(({ id }) => id);
}

/** Escalations with a due follow-up, for the sweep. */
export async function escalationsWithDueFollowups(limit: number): Promise<string[]> {
	const due = await db()
		.selectDistinct({ id: escalationFollowups.escalationId })
		.from(escalationFollowups)
		.innerJoin(escalations, eq(escalations.id, escalationFollowups.escalationId))
		.where(
			and(
				eq(escalationFollowups.state, 'waiting'),
				lte(escalationFollowups.nextAttemptAt, now()),
				eq(escalations.mode, 'api'),
				inArray(escalations.state, ['sent', 'closed'])
			)
		)
		.limit(limit);
	return due.map(({ id }) => id);
}
