import { and, eq, gt, inArray, sql, type SQL } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { MessageContent } from './queue.ts';

/** How a message did not arrive, or may not have. */
export type Loss = { state: 'failed' | 'unknown'; reason: string };

/** Stores that messages were lost, with an entry for staff in the cases of their reporters. */
export async function storeLost(tx: Tx, which: SQL | undefined, loss: Loss & { externalId?: string }): Promise<void> {
	const lost = await tx
		.update(outgoingMessages)
		.set({ nextAttemptAt: null, leaseUntil: null, ...loss })
		.where(which)
		.returning();
	for (const { caseId, content } of lost) {
		// The site's own questions are out of date once free text is no longer allowed.
		const mattered = (loss.reason !== 'window_over' && loss.reason !== 'silent') || isOfOffice(content);
		if (caseId !== null && mattered) await recordLoss(tx, caseId);
	}
}

const isOfOffice = (content: Record<string, unknown>) => (content as unknown as MessageContent).late === 'template';

/** Adds the entry unless it is there already and no message has arrived since. */
async function recordLoss(tx: Tx, caseId: number): Promise<void> {
	const { row } = await lockCase(tx, caseId);
	if (row.destroyedAt) return;
	const { sentAt, state } = outgoingMessages;
	const arrived = tx
		.select({ at: sql`coalesce(max(${sentAt}), '-infinity')` })
		.from(outgoingMessages)
		.where(and(eq(outgoingMessages.caseId, caseId), inArray(state, ['sent', 'delivered', 'read'])));
	const known = and(eq(timeline.caseId, caseId), eq(timeline.type, 'undelivered'), gt(timeline.at, sql`(${arrived})`));
	if ((await tx.$count(timeline, known)) > 0) return;
	await recordEvent(tx, row, { type: 'undelivered', author: 'system', public: false });
}
