import { contactToken } from '#lib/server/cases/mail-preference.ts';
import { env } from '#lib/server/env.ts';

/** The site's first origin. Links in e-mails use it, because jobs have no request. */
export function siteAddress(): string {
	const { ORIGIN, PORT } = env();
	return ORIGIN?.[0] ?? `http://localhost:${PORT}`;
}

/** Path of the page where a reporter unsubscribes. */
export const stopPath = (token: string): string => `/surel/${token}`;

/** The unsubscribe link of an e-mail, for its text and its `List-Unsubscribe` header. */
export const stopLink = (token: string): string => siteAddress() + stopPath(token);

/** Placeholder of the link that confirms a new contact. Neither the row of the e-mail nor a backup contains the link. */
export const contactLinkMark = (requestId: string): string => `{contact_link:${requestId}}`;

/** Replaces the placeholder in the text of an e-mail when it is sent. */
export const withContactLink = (text: string): string =>
	text.replace(/\{contact_link:([\w-]+)\}/, (_, id: string) => `${siteAddress()}/lacak/kontak/${contactToken(id)}`);
