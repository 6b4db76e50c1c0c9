import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { outgoingMessages } from '#lib/server/db/schema/channels.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { queueConversationMail } from '../mail-queue.ts';
import type { ConversationRow } from './conversation.ts';

/**
 * Writes a text to the person of a conversation, by the channel it came by, in the caller's transaction. Of an office in
 * trial nothing is sent.
 *
 * @param onceKey key of the occasion, of which one text is sent
 * @returns whether it was written. False if the site sends no e-mails or the person already has this text
 */
export async function replyToConversation(
	tx: Tx,
	conversation: ConversationRow,
	text: string,
	onceKey: string
): Promise<boolean> {
	const { id, connectionId, unitId, channel, subject } = conversation;
	if (await isTrialUnit(unitId)) return false;
	const key = `${id}:${onceKey}`;
	if (channel === 'email') {
		const title = (subject ?? '').replace(/^(re:\s*)+/i, '');
		return queueConversationMail(tx, {
			conversationId: id,
			unitId,
			onceKey: key,
			subject: `Re: ${title || 'pesan Anda'}`,
			body: text
		});
	}
	const at = now();
	const written = await tx
		.insert(outgoingMessages)
		.values({
			connectionId,
			conversationId: id,
			caseId: conversation.caseId,
			onceKey: `conversation:${key}`,
			content: { type: 'text', text },
			state: 'waiting',
			nextAttemptAt: at,
			createdAt: at
		})
		.onConflictDoNothing({ target: outgoingMessages.onceKey })
		.returning({ id: outgoingMessages.id });
	return written.length > 0;
}
