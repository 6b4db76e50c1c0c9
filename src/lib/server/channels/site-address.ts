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
