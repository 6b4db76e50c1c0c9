import { and, eq } from 'drizzle-orm';
import { db, type Database, type Tx } from '#lib/server/db/index.ts';
import { messages, type cases } from '#lib/server/db/schema/cases.ts';
import { conversations } from '#lib/server/db/schema/channels.ts';
import type { Email } from '#lib/server/integrations/mail/smtp.ts';
import { RECEIPT_LINK, withReceiptLink } from '../receipt-link-placeholder.ts';

/*
 * What an e-mail to somebody who reported by e-mail contains only when it is sent, so that neither its row nor a backup of
 * it has the words of the office or a link to a receipt.
 */

/** Placeholder of the text of a message of the office. */
export const messageMark = (messageId: string): string => `{message:${messageId}}`;
const MESSAGE = /\{message:([0-9a-f-]{36})\}/;

/** Whether the reporter of a case chose e-mail: the report came by the office's mailbox. Then answers go there with their text. */
export async function writesByEmail(
	on: Database | Tx,
	{ id, channel }: Pick<typeof cases.$inferSelect, 'id' | 'channel'>
): Promise<boolean> {
	if (channel !== 'email') return false;
	const ofReporter = and(eq(conversations.caseId, id), eq(conversations.channel, 'email'), conversations.ofReporter);
	return (await on.$count(conversations, ofReporter)) > 0;
}

/**
 * Fills in the placeholders of an e-mail to the reporter of a case, just before it is sent. If the reporter may get no link,
 * because the name is withheld, the confirmation is sent without it.
 * @returns undefined if the text that it was about was destroyed
 */
export async function filledLetter(
	mail: { id: string; caseId: number },
	text: string
): Promise<Pick<Email, 'text' | 'automatic'> | undefined> {
	const [mark = '', messageId] = MESSAGE.exec(text) ?? [];
	if (messageId) {
		const [message] = await db()
			.select({ body: messages.body })
			.from(messages)
			.where(and(eq(messages.id, messageId), eq(messages.caseId, mail.caseId), eq(messages.public, true)));
		// A person wrote it to this reader, so it is no automatic e-mail (RFC 3834).
		return message?.body ? { text: text.replace(mark, () => message.body), automatic: 'no' } : undefined;
	}
	if (!text.includes(RECEIPT_LINK)) return { text };
	const filled = await withReceiptLink(text, mail.caseId, mail.id, 'letter');
	return { text: filled ?? withoutLink(text), automatic: 'auto-replied' };
}

const withoutLink = (text: string): string =>
	text
		.split('\n\n')
		.filter((paragraph) => !paragraph.includes(RECEIPT_LINK))
		.join('\n\n');
