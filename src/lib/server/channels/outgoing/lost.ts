import { and, eq, gt, inArray, sql } from 'drizzle-orm';
import { lockCase } from '#lib/server/cases/find.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { timeline } from '#lib/server/db/schema/cases.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';

/**
 * Adds an entry for staff to the case of a lost message, unless it is there already and no message has arrived since. The
 * site's own questions are no loss once free text is no longer allowed: they are out of date.
 */
export async function recordLoss(
	tx: Tx,
	{ caseId, content, reason }: typeof outgoingMessages.$inferSelect
): Promise<void> {
	const isLate = reason === 'window_over' || reason === 'silent';
	if (caseId === null || (isLate && content.late !== 'template')) return;
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
