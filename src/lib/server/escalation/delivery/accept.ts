import { and, eq, inArray, sql } from 'drizzle-orm';
import { transferCase } from '#lib/server/cases/handling/transfer.ts';
import type { Author } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { cases } from '#lib/server/db/schema/cases.ts';
import { escalationFollowups, escalations } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { recordEscalation, recordEscalations } from '../events.ts';
import { nextPollAt } from '../tracking/poll-clock.ts';
import { changeEscalation, type Called, type EscalationRow, type Locked } from '../rows.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';

/** Longest polling interval in seconds, if the installation sets one. */
export const pollCap = (): number | undefined => (env().LAPOR_POLL_CAPPED ? env().LAPOR_POLL_SECONDS : undefined);

/** Values that end the attempts of a row once it is sent. */
const TRYING_OVER = {
	reasonCode: null,
	reasonText: null,
	failures: 0,
	waitingSince: null,
	stuckAt: null,
	leaseUntil: null,
	nextAttemptAt: null,
	nextLookupAt: null
} as const;

/**
 * Marks a forward as `sent` after an answer, a look-up or a person gave its number at LAPOR. Polling starts, waiting
 * follow-ups become due, and a case that another agency takes over is answered.
 *
 * @param how further public data of the timeline entry
 */
export async function acceptEscalation(
	tx: Tx,
	locked: Locked,
	laporId: string,
	author: Author,
	{ at = now(), how = {} }: { at?: Date; how?: Record<string, unknown> } = {}
): Promise<EscalationRow> {
	const before = locked.escalation;
	const polled = before.mode === 'api';
	const first = { sentAt: at, closedAt: null, failed: false };
	const escalation = await changeEscalation(tx, before, {
		...TRYING_OVER,
		state: 'sent',
		laporId,
		sentAt: at,
		nextPollAt: polled ? (nextPollAt(now(), first, pollCap(), Math.random) ?? null) : null
	});
	await recordEscalation(tx, { ...locked, escalation }, 'escalation_sent', author, {
		...sentData(escalation, laporId),
		...how
	});
	if (escalation.purpose === 'transfer')
		await transferCase(tx, escalation.caseId, escalation.institution ?? '', laporId);
	if (polled && (await hasFollowups(tx, escalation.id)))
		await enqueue(tx, 'escalation-deliver', { escalationId: escalation.id });
	return escalation;
}

/**
 * The same for several reports that LAPOR's answer gave a number, each of a different case and none for another agency. The
 * caller sends their follow-ups.
 */
export async function acceptAnswered(tx: Tx, answered: readonly { called: Called; laporId: string }[]): Promise<void> {
	if (answered.length === 0) return;
	const at = now();
	const given = answered.map(({ called, laporId }) => ({
		id: called.escalation.id,
		lapor_id: laporId,
		next_poll_at: nextPollAt(at, { sentAt: at, closedAt: null, failed: false }, pollCap(), Math.random) ?? null
	}));
	const changed = tx
		.update(escalations)
		.set({
			...TRYING_OVER,
			state: 'sent',
			laporId: sql`given.lapor_id`,
			sentAt: at,
			nextPollAt: sql`given.next_poll_at`,
			attempts: sql`${escalations.attempts} + 1`,
			updatedAt: at,
			version: sql`${escalations.version} + 1`
		})
		.from(
			sql`jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given(id uuid, lapor_id text, next_poll_at timestamptz)`
		)
		.where(sql`${escalations.id} = given.id`);
	const caseIds = answered.map(({ called }) => called.row.id);
	const mirrored = tx.update(cases).set({ escalationState: 'sent' }).where(inArray(cases.id, caseIds));
	const told = answered.map(({ called, laporId }) => ({ about: called, data: sentData(called.escalation, laporId) }));
	// These statements do not depend on each other, so they are sent together.
	await Promise.all([changed, mirrored, recordEscalations(tx, told, 'escalation_sent', 'lapor')]);
}

const sentData = ({ purpose, institution }: Pick<EscalationRow, 'purpose' | 'institution'>, laporId: string) => ({
	lapor_id: laporId,
	purpose,
	...(institution ? { institution } : {})
});

async function hasFollowups(tx: Tx, escalationId: string): Promise<boolean> {
	const [one] = await tx
		.select({ id: escalationFollowups.id })
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, escalationId), eq(escalationFollowups.state, 'waiting')))
		.limit(1);
	return one !== undefined;
}
