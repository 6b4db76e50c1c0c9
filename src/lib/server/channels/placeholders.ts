import { and, eq } from 'drizzle-orm';
import { contactToken } from '#lib/server/cases/mail-preference.ts';
import { linkForMessage } from '#lib/server/cases/receipt-link.ts';
import { db } from '#lib/server/db/index.ts';
import { messages } from '#lib/server/db/schema/cases.ts';
import type { Email } from '#lib/server/integrations/mail/smtp.ts';
import { siteAddress } from './site-address.ts';

/*
 * Placeholders in the row of an e-mail or chat message. They are filled in when it is sent, so that neither its row nor a
 * backup of it has the words of the office or a link that acts for its reader.
 */

/** Placeholder of the link in an e-mail about an account (`mail-delivery.ts`). */
export const ACCOUNT_LINK = '{account_link}';

/** Placeholder of the link that confirms a new contact. */
export const contactLinkMark = (requestId: string): string => `{contact_link:${requestId}}`;
const CONTACT_LINK = /\{contact_link:([\w-]+)\}/;

/** Placeholder of the text of a message of the office. */
export const messageMark = (messageId: string): string => `{message:${messageId}}`;
const MESSAGE = /\{message:([0-9a-f-]{36})\}/;

/** Placeholder of the one-time link to the receipt. */
export const RECEIPT_LINK = '{receipt_link}';

/** Placeholder of the link to unsubscribe. */
export const UNSUBSCRIBE_LINK = '{unsubscribe_link}';

/**
 * Fills in the placeholders of an e-mail to the reporter of a case. If the reporter may get no link to the receipt
 * (`mayLinkReceipt`), for example because the name is withheld, the confirmation is sent without it.
 * @returns undefined if the text that it was about was destroyed
 */
export async function filledMail(
	mail: { id: string; caseId: number; unsubscribeLink: string },
	stored: string
): Promise<Pick<Email, 'text' | 'automatic'> | undefined> {
	const text = stored
		.replaceAll(UNSUBSCRIBE_LINK, mail.unsubscribeLink)
		.replace(CONTACT_LINK, (_, id: string) => `${siteAddress()}/lacak/kontak/${contactToken(id)}`);
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
	const filled = await withReceiptLink(text, mail.caseId, mail.id, 'email');
	return { text: filled ?? withoutLink(text), automatic: 'auto-replied' };
}

/**
 * Replaces the placeholder of the receipt's link, if there is one, in the text of an e-mail or chat message. Each attempt to
 * send it makes the same link.
 * @returns undefined if the reporter of the case gets no link any more
 */
export async function withReceiptLink(
	text: string,
	caseId: number,
	messageId: string,
	by: 'chat' | 'email'
): Promise<string | undefined> {
	if (!text.includes(RECEIPT_LINK)) return text;
	const link = await linkForMessage(caseId, messageId, by);
	return link && text.replace(RECEIPT_LINK, () => `${siteAddress()}/terima/${link.token}`);
}

const withoutLink = (text: string): string =>
	text
		.split('\n\n')
		.filter((paragraph) => !paragraph.includes(RECEIPT_LINK))
		.join('\n\n');
