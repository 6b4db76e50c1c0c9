import type { Cookies } from '@sveltejs/kit';
import { MINUTE_SECONDS } from '#lib/calendar/durations.ts';

/**
 * Browsers store whole pages for the Back button (the back/forward cache), even pages with `no-store`. Two mechanisms
 * remove a stored page with a secret or a case:
 * - With scripts: the script in `app.html` hides such a page when it is left, and reloads it when Back shows it
 *   again. The start page is no private page, but the code of a report may be typed on it. The script empties that
 *   field.
 * - Without scripts: the next page requests a stylesheet whose response has `Clear-Site-Data: "cache"`. Chromium then
 *   drops all stored pages of the site. On a redirect or a page the header has no effect, and browsers obey it over
 *   https only.
 */
const FORGET_COOKIE = 'lupakan';

const FORGET_SHEET = '/lupakan.css';

/**
 * Makes the next page clear the browser's stored pages. Called when somebody signs out, leaves a case, has sent a form
 * or has typed the code of a report on the start page.
 */
export function forgetPages(cookies: Cookies): void {
	cookies.set(FORGET_COOKIE, '1', {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		maxAge: 10 * MINUTE_SECONDS
	});
}

/**
 * The link to the stylesheet for the head of a page that has to clear stored pages, else nothing. A print stylesheet
 * does not delay the page, while a slow phone may need seconds to search its cache.
 */
export const forgetLink = (cookies: Cookies): string =>
	cookies.get(FORGET_COOKIE) ? `<link rel="stylesheet" href="${FORGET_SHEET}" media="print" />` : '';

/**
 * The response that makes the browser clear stored pages, once for each `forgetPages`. Other sites can't cause it,
 * because the cookie is `SameSite=Lax`.
 */
export function clearPagesResponse(cookies: Cookies): Response {
	const isRequested = cookies.get(FORGET_COOKIE) !== undefined;
	if (isRequested) cookies.delete(FORGET_COOKIE, { path: '/' });
	return new Response('', {
		headers: {
			'content-type': 'text/css',
			'cache-control': 'no-store',
			...(isRequested ? { 'clear-site-data': '"cache"' } : {})
		}
	});
}
