import { eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { escalations } from '#lib/server/db/schema/escalations.ts';
import { applyOutcome } from '#lib/server/escalation/apply-outcome.ts';
import { claimEscalation } from '#lib/server/escalation/claim.ts';
import { haltOf } from '#lib/server/escalation/connection.ts';
import { sendReport } from '#lib/server/escalation/create.ts';
import { deliverFollowups } from '#lib/server/escalation/followup-delivery.ts';
import { laporClient } from '#lib/server/escalation/lapor-client.ts';

/**
 * One try to bring one row to LAPOR, then what is to be said after it. Never throws for a fault of the other side; a
 * fault of ours leaves the lease to run out, and the sweep takes the row back.
 */
export async function deliver(escalationId: string): Promise<void> {
	const client = laporClient();
	if (!client || (await haltOf())) return;
	const claimed = await claimEscalation(escalationId);
	if (claimed) {
		const ending = await sendReport(client, claimed);
		if (ending) await applyOutcome(claimed.escalation, ending);
	}
	await deliverFollowups(client, escalationId);
	await db().update(escalations).set({ queuedAt: null }).where(eq(escalations.id, escalationId));
}
