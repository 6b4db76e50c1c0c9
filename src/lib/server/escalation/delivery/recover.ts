import { and, eq, lt, lte } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction, type Tx } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { isStuck, STUCK_AFTER_MS, toUnknown, toWaiting } from './apply-outcome.ts';
import { recordAttempt } from '../attempts.ts';
import { haltOf } from '../connection/connection.ts';
import { recordEscalation } from '../events.ts';
import type { Reason } from '../reason.ts';
import { changeEscalation, lockEscalation, type Locked } from '../rows.ts';

const BATCH = 500;

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
	for (const { id } of dead) await recoverOne(id);
}

async function recoverOne(id: string): Promise<void> {
	await transaction(async (tx) => {
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
	});
}

/** Marks rows that waited a day without an attempt (halted connection, no worker) as stuck. */
export async function markStuck(): Promise<void> {
	const waiting = await db()
		.select({ id: escalations.id })
		.from(escalations)
		.where(
			and(
				eq(escalations.mode, 'api'),
				eq(escalations.state, 'waiting'),
				lt(escalations.waitingSince, new Date(now().getTime() - STUCK_AFTER_MS))
			)
		)
		.limit(BATCH);
	if (waiting.length === 0) return;
	const halt = await haltOf();
	const reason: Reason = halt ? { ...halt.reason, code: 'connection_halted' } : { code: 'not_tried' };
	for (const { id } of waiting) await transaction(async (tx) => toStuck(tx, await lockEscalation(tx, id), reason));
}

/** @param untried reason why it was not tried, if there is no attempt */
async function toStuck(tx: Tx, before: Locked, untried: Reason): Promise<void> {
	const { escalation: row } = before;
	if (row.state !== 'waiting' || !isStuck(row)) return;
	const { reasonCode, reasonText } = row.reasonCode
		? row
		: { reasonCode: untried.code, reasonText: untried.excerpt ?? null };
	const set = { state: 'stuck' as const, stuckAt: now(), reasonCode, reasonText };
	const escalation = await changeEscalation(tx, row, set);
	await recordEscalation(tx, { ...before, escalation }, 'escalation_stuck', 'system', {
		reason: reasonCode,
		...(reasonText ? { text: reasonText } : {})
	});
}
