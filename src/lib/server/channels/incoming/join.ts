import { eq } from 'drizzle-orm';
import { storeIncomingMessage } from '#lib/server/cases/conversation/incoming-message.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { now } from '#lib/server/clock.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { conversations, incomingMessages } from '#lib/server/db/schema/channels.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { isVoice, messagesOf, textOf, type ConversationRow } from './conversation.ts';
import { fileAlone, filesOf, forgetMoved } from './open-from-conversation.ts';

/** What a person pressed says nothing to the office. */
const isSpoken = ({ kind }: { kind: string }): boolean => kind !== 'interactive' && kind !== 'reaction';

/**
 * Adds the messages of a locked waiting conversation to a locked case as one message. Later messages of the conversation
 * go to the case.
 *
 * @param fromReporter false: from somebody else, so it changes no status
 * @param actor the member of staff who decided; null if the person who wrote chose the case
 */
export async function joinCaseOf(
	tx: Tx,
	{ id, draft }: ConversationRow,
	found: CaseWithUnit,
	fromReporter: boolean,
	actor: Actor | null
): Promise<void> {
	const messages = (await messagesOf(tx, id)).filter(isSpoken);
	const ids = messages.map((message) => message.id);
	const files = await filesOf(tx, ids);
	const bodies = messages.map((message) =>
		textOf(
			message.body,
			files.filter(({ messageId }) => messageId === message.id)
		)
	);
	await storeIncomingMessage(tx, found, {
		body: bodies.join('\n\n'),
		files: files.filter((file) => !isVoice(file)).map(fileAlone),
		sentAt: messages[0]?.sentAt ?? now(),
		fromReporter,
		quiet: false,
		conversation: id
	});
	await forgetMoved(tx, files);
	const caseId = found.row.id;
	await tx.update(incomingMessages).set({ caseId }).where(eq(incomingMessages.conversationId, id));
	const decided = { decidedBy: actor?.accountId ?? null, decidedAt: now() };
	await tx
		.update(conversations)
		.set({ state: 'case', caseId, ...decided, draft: draft?.language ? { language: draft.language } : null })
		.where(eq(conversations.id, id));
}
