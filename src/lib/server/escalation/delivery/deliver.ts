import { and, inArray, lte } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { applyOutcomes } from './apply-outcome.ts';
import { claimEscalations } from './claim.ts';
import { haltOf } from '../connection/connection.ts';
import { sendReports } from './create.ts';
import { deliverFollowups, withDueFollowups } from '../followups/delivery.ts';
import { gathering, untilAllEnded } from './gathering.ts';
import { laporClient } from '../connection/lapor-client.ts';
import { outgoingHeld } from '#lib/server/outgoing-hold.ts';

/** Tries once to send one row to LAPOR, then its follow-ups. */
export const deliver = (escalationId: string): Promise<void> => deliverAll([escalationId]);

/**
 * Tries once to send each of the rows to LAPOR, then their follow-ups. Database statements run once for all rows; each row has
 * its own outcome. Never throws for a fault of LAPOR. After a fault of ours, the lease expires and the sweep releases the
 * row.
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
	// A claim clears the mark of its job; clear the marks of the other rows, except for jobs enqueued since.
	await db()
		.update(escalations)
		.set({ queuedAt: null })
		.where(and(inArray(escalations.id, others), lte(escalations.queuedAt, began)));
}
