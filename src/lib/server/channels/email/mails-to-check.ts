import { and, desc, eq } from 'drizzle-orm';
import { db } from '#lib/server/db/index.ts';
import { incomingMessages } from '#lib/server/db/schema/channels.ts';

const SHOWN = 50;

/** The newest e-mails that could not be processed, for an administrator: when, how large and why, and nothing of them. */
export function mailsToCheck(connectionId: string) {
	const { id, sentAt, bytes, reason, state } = incomingMessages;
	return db()
		.select({ id, sentAt, bytes, reason })
		.from(incomingMessages)
		.where(and(eq(incomingMessages.connectionId, connectionId), eq(state, 'failed')))
		.orderBy(desc(sentAt), desc(id))
		.limit(SHOWN);
}
