import { env } from '#lib/server/env.ts';

/** The site's first address, for links in letters: a job has no request to take it from. */
export function siteAddress(): string {
	const { ORIGIN, PORT } = env();
	return ORIGIN?.[0] ?? `http://localhost:${PORT}`;
}

/** Where a reporter stops letters. */
export const stopPath = (token: string): string => `/surel/${token}`;

/** The same for a letter; it stands in its head too, for the mail program's own button. */
export const stopLink = (token: string): string => siteAddress() + stopPath(token);
