import { linkForMessage } from '#lib/server/cases/receipt-link.ts';
import { siteAddress } from './site-address.ts';

/** Placeholder of the one-time link to the receipt. The link is made when the message is sent, and is stored nowhere. */
export const RECEIPT_LINK = '{receipt_link}';

/**
 * Replaces the placeholder, if there is one, in the text of an e-mail or chat message when it is sent. Each attempt makes
 * the same link.
 * @returns undefined if the reporter of the case gets no link any more
 */
export async function withReceiptLink(
	text: string,
	caseId: number,
	messageId: string,
	by: 'chat' | 'letter'
): Promise<string | undefined> {
	if (!text.includes(RECEIPT_LINK)) return text;
	const link = await linkForMessage(caseId, messageId, by);
	return link && text.replace(RECEIPT_LINK, () => `${siteAddress()}/terima/${link.token}`);
}
