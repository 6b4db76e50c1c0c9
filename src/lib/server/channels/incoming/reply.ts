import type { Tx } from '#lib/server/db/index.ts';
import { isTrialUnit } from '#lib/server/people/units/trial.ts';
import { queueConversationMail } from '../mail-queue.ts';
import { queueMessage } from '../outgoing/queue.ts';
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
	const { id, unitId, channel, subject } = conversation;
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
	return queueMessage(tx, conversation, { kind: 'text', text }, onceKey);
}
