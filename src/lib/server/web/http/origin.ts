import type { RequestEvent } from '@sveltejs/kit';
import { baseLocale } from '#lib/paraglide/runtime.js';
import { env } from '#lib/server/env.ts';
import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';
import { isApiCall } from './page-access.ts';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Allowed origins of forms: the ORIGIN list, else (in development) the page's own origin. */
function allowed(event: RequestEvent): readonly string[] {
	return env().ORIGIN ?? [event.url.origin];
}

/** Path that mail programs post to without an origin. The link alone authorises it, and cookies are ignored. */
const BY_LINK_ALONE = '/(citizen)/surel/[token]';

/** Whether a writing request carries the origin of one of the site's own pages. `/api/` has no cookies to abuse. */
export function fromOwnPage(event: RequestEvent): boolean {
	if (READING.has(event.request.method) || isApiCall(event)) return true;
	if (event.route.id === BY_LINK_ALONE) return true;
	const origin = event.request.headers.get('origin');
	return origin !== null && allowed(event).includes(origin);
}

/**
 * The site's first origin, for links on pages and printed sheets. Without ORIGIN, in development, it is the page's own, so
 * that links work on a phone too. Messages use `siteAddress`, because jobs have no request.
 */
export function mainOrigin(event: RequestEvent): string {
	return env().ORIGIN?.[0] ?? event.url.origin;
}

/**
 * The address at which a reporter types the receipt, without `https://`, as people type and print it. It opens in the
 * language of the receipt also on another device, where no language was chosen.
 */
export function trackAddress(event: RequestEvent): string {
	const { lang } = event.locals;
	return `${new URL(mainOrigin(event)).host}/lacak${lang === baseLocale ? '' : `?lang=${lang}`}`;
}

/**
 * Treats every form post like one of a browser: SvelteKit responds with 303 on success and with the page otherwise.
 * Without this it would respond with 200 and JSON to a program that accepts JSON.
 */
export function respondAsPage(event: RequestEvent): void {
	if (event.request.method === 'POST' && !isApiCall(event)) event.request.headers.set('accept', 'text/html');
}

/** For a form that a page's script sent: a redirect as a 204 whose `location` the script can read. */
export function redirectForScript({ request }: RequestEvent, response: Response): Response {
	if (response.status !== 303 || !request.headers.has(BY_SCRIPT)) return response;
	return new Response(null, { status: 204, headers: response.headers });
}
