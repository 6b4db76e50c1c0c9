import type { Cookies } from '@sveltejs/kit';
import { secureCookies } from '../cookies/sealed-cookie.ts';

/**
 * Browsers keep whole pages for the Back button (the back/forward cache), also pages with `no-store`. Two things remove a
 * page with a secret or a case:
 * - with scripts, the one in `app.html` hides such a page when it is left and reloads it when Back brings it back
 * - without scripts, the next page asks for a stylesheet whose answer carries `Clear-Site-Data: "cache"`. Chromium then
 *   drops every kept page of the site. On a redirect or a page the header drops none, and browsers obey it over https only.
 */
const FORGET_COOKIE = 'lupakan';
const MINUTES = 60;

const FORGET_SHEET = '/lupakan.css';

/** Lets the next page make the browser drop the pages it keeps: when somebody signs out, leaves a report or has sent a form. */
export function forgetPages(cookies: Cookies): void {
	cookies.set(FORGET_COOKIE, '1', {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: secureCookies(),
		maxAge: 10 * MINUTES
	});
}

/**
 * What stands in the head of a page that has to make the browser forget, else nothing. Sheets for print hold up no page: a
 * slow phone may need seconds to look through its cache.
 */
export const forgetLink = (cookies: Cookies): string =>
	cookies.get(FORGET_COOKIE) ? `<link rel="stylesheet" href="${FORGET_SHEET}" media="print" />` : '';

/** The answer that makes the browser forget, once for each `forgetPages`. Other sites can't cause it: the cookie is lax. */
export function forgetAnswer(cookies: Cookies): Response {
	const wanted = cookies.get(FORGET_COOKIE) !== undefined;
	if (wanted) cookies.delete(FORGET_COOKIE, { path: '/' });
	return new Response('', {
		headers: {
			'content-type': 'text/css',
			'cache-control': 'no-store',
			...(wanted ? { 'clear-site-data': '"cache"' } : {})
		}
	});
}
