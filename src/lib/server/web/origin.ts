import type { RequestEvent } from '@sveltejs/kit';
import { env } from '../env.ts';
import { isApiCall } from './gate.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Where forms may come from: the ORIGIN list, else (in development) the address the page itself has. */
function allowed(event: RequestEvent): readonly string[] {
	return env().ORIGIN ?? [event.url.origin];
}

/** Where a mail program's button posts to, from no page at all: the link alone says what it may, and no cookie counts. */
const BY_LINK_ALONE = '/(citizen)/surel/[token]';

/** Whether a writing request carries the origin of one of the site's own pages. `/api/` has no cookies to abuse. */
export function fromOwnPage(event: RequestEvent): boolean {
	if (READING.has(event.request.method) || isApiCall(event)) return true;
	if (event.route.id === BY_LINK_ALONE) return true;
	const origin = event.request.headers.get('origin');
	return origin !== null && allowed(event).includes(origin);
}

/** The site's first address: what printed sheets and links in mails carry. */
export function mainOrigin(event: RequestEvent): string {
	return env().ORIGIN?.[0] ?? event.url.origin;
}
