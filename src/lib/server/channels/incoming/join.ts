import { eq } from 'drizzle-orm';
import { storeIncomingMessage } from '#lib/server/cases/conversation/incoming-message.ts';
import type { CaseWithUnit } from '#lib/server/cases/find.ts';
import { addNamedOfficers } from '#lib/server/cases/officers/find-names.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { takeContent } from './content.ts';
import { proposedIn, storeDecision, type ConversationRow } from './conversation.ts';

/**
 * Adds the messages of a locked waiting conversation to a locked case as one message. Later messages of the conversation
 * go to the case.
 *
 * @param fromReporter false: from somebody else, so it changes no status
 * @param actor the member of staff who decided; null if the person who wrote chose the case
 * @param after the last message that is left out, with those before it
 */
export async function joinCaseOf(
	tx: Tx,
	{ id, channel, draft, lastAt, named }: ConversationRow,
	found: CaseWithUnit,
	fromReporter: boolean,
	actor: Actor | null,
	after = 0
): Promise<void> {
	const { body, files, ...refused } = await takeContent(tx, id, after);
	await storeIncomingMessage(tx, found, {
		body,
		files,
		sentAt: lastAt,
		fromReporter,
		isProven: fromReporter,
		quiet: false,
		recorded: actor ? { writtenBy: actor, by: channel } : undefined,
		data: { conversation: id, ...refused }
	});
	const caseId = found.row.id;
	await addNamedOfficers(tx, caseId, proposedIn({ named }));
	await tx.update(incomingMessages).set({ caseId }).where(eq(incomingMessages.conversationId, id));
	await storeDecision(tx, id, actor, {
		state: 'case',
		caseId,
		ofReporter: fromReporter,
		draft: draft?.language ? { language: draft.language } : null,
		...(found.row.identity === 'withheld' && { senderWords: null })
	});
}
