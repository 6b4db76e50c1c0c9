import { env } from '#lib/server/env.ts';

/** The site's first origin, for links in e-mails, because jobs have no request. */
export function siteAddress(): string {
	const { ORIGIN, PORT } = env();
	return ORIGIN?.[0] ?? `http://localhost:${PORT}`;
}

/** Page where a reporter unsubscribes. */
export const stopPath = (token: string): string => `/surel/${token}`;

/** The same for a letter; it stands in its head too, for the mail program's own button. */
export const stopLink = (token: string): string => siteAddress() + stopPath(token);
