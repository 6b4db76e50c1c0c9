import { and, inArray, isNull, lt, or } from 'drizzle-orm';
import { transaction } from '#lib/server/db/index.ts';
import { conversations, incomingMessages, outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { retentionStart } from '../outbox.ts';

/**
 * Deletes conversations that are no reports 90 days after the decision, and messages without a conversation, as those of
 * programs, 90 days after they came. The nightly sweep removes the bytes of their files.
 */
export async function deleteOldConversations(): Promise<void> {
	const before = retentionStart();
	const decided = and(inArray(conversations.state, ['dismissed', 'referred']), lt(conversations.decidedAt, before));
	await transaction(async (tx) => {
		const old = tx.select({ id: conversations.id }).from(conversations).where(decided);
		const { conversationId, state, receivedAt } = incomingMessages;
		await tx.delete(outgoingMessages).where(inArray(outgoingMessages.conversationId, old));
		await tx
			.delete(incomingMessages)
			.where(
				or(
					inArray(conversationId, old),
					and(isNull(conversationId), inArray(state, ['machine', 'done']), lt(receivedAt, before))
				)
			);
		await tx.delete(conversations).where(decided);
	});
}
