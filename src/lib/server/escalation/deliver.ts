import { and, inArray, lte } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { applyOutcomes } from '#lib/server/escalation/apply-outcome.ts';
import { claimEscalations } from '#lib/server/escalation/claim.ts';
import { haltOf } from '#lib/server/escalation/connection.ts';
import { sendReports } from '#lib/server/escalation/create.ts';
import { deliverFollowups, withDueFollowups } from '#lib/server/escalation/followup-delivery.ts';
import { gathering, untilAllEnded } from '#lib/server/escalation/gathering.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

/** One try to bring one row to LAPOR, then what is to be said after it. */
export const deliver = (escalationId: string): Promise<void> => deliverAll([escalationId]);

/**
 * One try to bring each of the rows to LAPOR, then what is to be said after them. What is asked of the database for one
 * is asked for all at once; each row's outcome stands for itself. Never throws for a fault of the other side; a fault of
 * ours leaves the lease to run out, and the sweep takes the row back.
 */
export async function deliverAll(ids: readonly string[]): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf()) || (await outgoingHeld())) return;
	const began = now();
	const claimed = await claimEscalations([...new Set(ids)]);
	const apply = gathering(applyOutcomes);
	await sendReports(client, claimed, ({ escalation }, ending) => apply({ claim: escalation, ending }));
	const talking = await withDueFollowups(ids);
	await untilAllEnded(talking.map((id) => deliverFollowups(client, id)));
	const taken = new Set(claimed.map(({ escalation }) => escalation.id));
	const others = ids.filter((id) => !taken.has(id));
	if (others.length === 0) return;
	// A claim takes its job's mark off, here go those of the others; that of a job made meanwhile stays.
	await db()
		.update(escalations)
		.set({ queuedAt: null })
		.where(and(inArray(escalations.id, others), lte(escalations.queuedAt, began)));
}
