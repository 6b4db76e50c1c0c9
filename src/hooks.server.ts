import {
	error,
	isHttpError,
	isRedirect,
	type Handle,
	type HandleServerError,
	type RequestEvent,
	type ServerInit
} from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { building } from '$app/environment';
import { m } from '#lib/paraglide/messages.js';
import { baseLocale, isLocale, type Locale } from '#lib/paraglide/runtime.js';
import { isDatabaseUnavailable } from '#lib/server/database-unavailable.ts';
import { countRequest } from '#lib/server/process-metrics.ts';
import { rememberedLanguage, rememberLanguage } from '#lib/server/web/cookies/language-cookie.ts';
import { prefixedCookies } from '#lib/server/web/cookies/prefixed-cookies.ts';
import { warnOfUndeclaredProxy } from '#lib/server/web/http/address.ts';
import {
	logUnexpected,
	problem,
	refuseUnidentified,
	unavailablePage,
	withRetryAfter
} from '#lib/server/web/http/error-responses.ts';
import { identify } from '#lib/server/web/http/identify.ts';
import { forgetLink } from '#lib/server/web/http/forget-pages.ts';
import { guardStaffPages, isApiCall, isPrivateRoute } from '#lib/server/web/http/page-access.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { fromOwnPage, redirectForScript, respondAsPage } from '#lib/server/web/http/origin.ts';
import { remembersLanguage, sharedPages } from '#lib/server/web/http/shared-pages.ts';
import { startSite } from '#lib/server/web/site.ts';

export const init: ServerInit = async () => {
	if (!building) await startSite();
};

/**
 * Refuses an address that can't be decoded, such as `/%ff`. SvelteKit calls the hooks for it outside its error handling,
 * so an error that one of them throws would never be answered.
 */
const decodable: Handle = ({ event, resolve }) => {
	try {
		decodeURI(event.url.pathname);
	} catch {
		countRequest(null, 400, 0);
		if (event.url.pathname.startsWith('/api/')) return problem(400);
		return new Response('Bad Request', { status: 400, headers: { 'content-type': 'text/plain' } });
	}
	return resolve(event);
};

/** Counts every response by route and duration, refused requests included, with the status that it leaves with. */
const measure: Handle = async ({ event, resolve }) => {
	warnOfUndeclaredProxy(event);
	const began = performance.now();
	const count = (status: number) => countRequest(event.route.id, status, (performance.now() - began) / 1000);
	try {
		const response = withRetryAfter(event, await resolve(event));
		count(response.status);
		return response;
	} catch (thrown) {
		count(isRedirect(thrown) || isHttpError(thrown) ? thrown.status : 500);
		throw thrown;
	}
};

const cookies: Handle = ({ event, resolve }) => {
	event.cookies = prefixedCookies(event);
	return resolve(event);
};

/** The language of a request: `?lang=` (remembered in a cookie), else the cookie, but not of an API call, else Indonesian. */
function localeOf(event: RequestEvent): Locale {
	const requested = event.url.searchParams.get('lang');
	if (requested && isLocale(requested)) {
		if (remembersLanguage(event.route.id)) rememberLanguage(event.cookies, requested);
		return requested;
	}
	return (isApiCall(event) ? undefined : rememberedLanguage(event.cookies)) ?? baseLocale;
}

const language: Handle = ({ event, resolve }) => {
	event.locals.lang = localeOf(event);
	return inLocale(event.locals.lang, () =>
		resolve(event, { transformPageChunk: ({ html }) => html.replace('%lang%', event.locals.lang) })
	);
};

/**
 * Names the scripts of a page in its head. SvelteKit names them in a header instead, of 13 kB for a case. A proxy refuses
 * the response then: nginx accepts 4 kB.
 */
const scriptsInHead: Handle = ({ event, resolve }) => {
	const links: string[] = [];
	return resolve(event, {
		preload: ({ type, path }) => {
			if (type === 'js') links.push(`<link rel="modulepreload" href="${path}" />`);
			return type === 'css';
		},
		transformPageChunk: ({ html }) => html.replace('%scripts%', () => links.join(''))
	});
};

/** Prevents browsers from storing pages with a secret or a case (`forget-pages.ts`). */
const traces: Handle = async ({ event, resolve }) => {
	const isPrivate = () => isPrivateRoute(event.route.id) || event.locals.isPrivate;
	const response = await resolve(event, {
		transformPageChunk: ({ html }) =>
			html
				.replace('%private%', isPrivate() ? `data-private="${event.request.method}"` : '')
				.replace('%forget%', () => forgetLink(event.cookies))
	});
	if (isPrivate()) response.headers.set('x-robots-tag', 'noindex');
	if (isPrivate() && !response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store');
	// A shared cache would give the cookie, such as a renewed session, to others.
	const isPublic = response.headers.get('cache-control')?.startsWith('public');
	if (isPublic && response.headers.has('set-cookie')) response.headers.set('cache-control', 'private, no-store');
	return response;
};

/** Errors on `/api/` that occur before an operation is found (wrong method, encoding) have the API's format too. */
const problems: Handle = async ({ event, resolve }) => {
	const response = await resolve(event);
	const mute = !response.headers.get('content-type')?.startsWith('application/problem+json');
	if (response.status < 400 || !mute || !isApiCall(event)) return response;
	const allow = response.headers.get('allow');
	return problem(response.status, {}, allow ? { allow } : {});
};

/**
 * SvelteKit finds actions by property name. Without this check, `?/constructor` would find a property of every object.
 * SvelteKit itself fails at `?/default`, a name that it reserves.
 */
const asksForNoAction = ({ searchParams }: URL): boolean =>
	[...searchParams.keys()].some(
		(name) => name === '/default' || (name.startsWith('/') && name.slice(1) in Object.prototype)
	);

const access: Handle = async ({ event, resolve }) => {
	// No valid value contains a NUL, and PostgreSQL cannot store one.
	if (/%00/.test(event.url.href) || asksForNoAction(event.url)) {
		if (isApiCall(event)) return problem(404);
		error(404, { message: m.error_not_found() });
	}
	if (!fromOwnPage(event)) error(403, { message: m.error_foreign_origin() });
	try {
		event.locals.actor = await identify(event);
	} catch (cause) {
		if (!isDatabaseUnavailable(cause)) throw cause;
		return refuseUnidentified(event);
	}
	guardStaffPages(event);
	respondAsPage(event);
	return redirectForScript(event, await resolve(event));
};

export const handle = sequence(
	decodable,
	cookies,
	measure,
	language,
	scriptsInHead,
	traces,
	problems,
	access,
	sharedPages
);

export const handleError: HandleServerError = ({ error: cause, event, status }) => {
	if (status === 404) return { message: m.error_not_found() };
	// The client sent a body that is no form, or a form to a page without one.
	if (status < 500) return { message: m.error_form_unreadable() };
	const unavailable = unavailablePage(event, cause);
	if (unavailable) return unavailable;
	// The pattern of the route is logged, because a path may contain a token.
	return { message: m.error_unexpected(), code: logUnexpected(cause, { route: event.route.id, status }) };
};
