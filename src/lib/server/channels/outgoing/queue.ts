import { sql } from 'drizzle-orm';
import { fromNow } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import type { Outgoing } from '#lib/server/integrations/whatsapp/client.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { waitingRow, type Outbox } from '../outbox.ts';
import type { ConversationRow } from '../incoming/conversation.ts';

/** What is sent by WhatsApp. An SMS carries none of it: only that there is news, and the site's address. */
export type MessageContent = Exclude<Outgoing, { kind: 'template' }> & {
	/**
	 * What happens after WhatsApp's 24 hours: the approved template is sent first, or nothing. The text is sent when the
	 * person writes again. Other texts are never sent then.
	 */
	late?: 'template' | 'wait';
	/** It contains statuses alone, so it is also sent to a number that may be somebody else's now. */
	statusOnly?: true;
};

/**
 * A question of the site itself that can no longer be sent as free text is not needed any more. Answers and referrals are,
 * because staff sent them.
 */
const isOwed = sql`(coalesce(${outgoingMessages.reason}, '') not in ('window_over', 'silent')
	or ${outgoingMessages.content} ->> 'late' = 'template' or ${outgoingMessages.onceKey} like '%:referral')`;
export const MESSAGES: Outbox<typeof outgoingMessages> = { table: outgoingMessages, job: 'message-deliver', isOwed };

/** The id by which a status names an attempt to send a message. */
export const outgoingAttemptId = (messageId: string, attempt: number): string => `${messageId}:${attempt}`;

/** The second of two messages leaves so much later, so that they arrive in order. */
export const ORDER_MS = 4000;

/**
 * Writes a message to the person of a WhatsApp or SMS conversation in the caller's transaction, so that it is sent only if
 * its event is committed. An office in trial sends nothing.
 *
 * @param onceKey key of the occasion; each key sends one message only
 * @param afterMs when it is sent, counted from now
 * @returns whether it was written
 */
export async function queueMessage(
	tx: Tx,
	{ id, connectionId, unitId, caseId }: Pick<ConversationRow, 'id' | 'connectionId' | 'unitId' | 'caseId'>,
	content: MessageContent,
	onceKey: string,
	afterMs = 0
): Promise<boolean> {
	if (await isTrialUnit(unitId)) return false;
	const [written] = await tx
		.insert(outgoingMessages)
		.values({
			connectionId,
			conversationId: id,
			caseId,
			content,
			onceKey: `conversation:${id}:${onceKey}`,
			...waitingRow()
		})
		.onConflictDoNothing({ target: outgoingMessages.onceKey })
		.returning({ id: outgoingMessages.id });
	const startAfter = afterMs > 0 ? fromNow(afterMs) : undefined;
	if (written) await enqueue(tx, 'message-deliver', { id: written.id, attempt: 1 }, { startAfter });
	return written !== undefined;
}
