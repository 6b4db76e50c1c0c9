import { and, eq } from 'drizzle-orm';
import { transferCase } from '#lib/server/cases/transfer.ts';
import type { Author } from '#lib/server/cases/timeline.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { escalationFollowups } from '#lib/server/db/schema/escalations.ts';
import { env } from '#lib/server/env.ts';
import { recordEscalation } from '#lib/server/escalation/events.ts';
import { nextPollAt } from '#lib/server/escalation/poll-clock.ts';
import { changeEscalation, type EscalationRow, type Locked } from '#lib/server/escalation/rows.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';

/** The cap of every polling interval, where the installation sets one. */
export const pollCap = (): number | undefined => (env().LAPOR_POLL_CAPPED ? env().LAPOR_POLL_SECONDS : undefined);

/** What a row has no more once it is sent: everything about trying. */
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
 * The report has a number at LAPOR, by its answer, a look-up or a person: state `sent`, polling starts, and a case that
 * another agency takes over is answered. Follow-ups that waited for the number are due.
 *
 * @param how what goes on the timeline beside the number; public
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
	const { institution } = escalation;
	await recordEscalation(tx, { ...locked, escalation }, 'escalation_sent', author, {
		lapor_id: laporId,
		purpose: escalation.purpose,
		...(institution ? { institution } : {}),
		...how
	});
	if (escalation.purpose === 'transfer') await transferCase(tx, escalation.caseId, institution ?? '', laporId);
	if (polled && (await hasFollowups(tx, escalation.id)))
		await enqueue(tx, 'escalation-deliver', { escalationId: escalation.id });
	return escalation;
}

async function hasFollowups(tx: Tx, escalationId: string): Promise<boolean> {
	const [one] = await tx
		.select({ id: escalationFollowups.id })
		.from(escalationFollowups)
		.where(and(eq(escalationFollowups.escalationId, escalationId), eq(escalationFollowups.state, 'waiting')))
		.limit(1);
	return one !== undefined;
}
