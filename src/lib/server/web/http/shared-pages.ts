import { randomBytes } from 'node:crypto';
import type { Handle, RequestEvent } from '@sveltejs/kit';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { referenceData, type ReferenceData } from '#lib/server/reference/reference.ts';
import { placeCookie } from '../cookies/citizen-cookies.ts';
import { LANGUAGE_COOKIE } from '../cookies/language-cookie.ts';
import { hiddenFields } from '../forms/bot-check.ts';
import { isApiCall } from './page-access.ts';
import { joinPage, splitPage, type SplitPage } from './split-page.ts';

/**
 * Pages that depend on nothing but the reference data, the minute, the language and the scanned place, apart from the
 * values that `RequestValues` lists. They are rendered once and joined with new values for each request
 * (docs/decisions/0034).
 */
const SHARED_ROUTES: ReadonlySet<string | null> = new Set([
	'/(citizen)',
	'/(citizen)/privasi',
	'/(citizen)/[unit]',
	'/(citizen)/[unit]/layanan',
	'/(citizen)/[unit]/nilai',
	'/(citizen)/[unit]/pengaduan',
	'/(citizen)/[unit]/permintaan',
	'/(citizen)/[unit]/saran',
	'/(citizen)/[unit]/tanpa-koneksi'
]);

/** Routes whose files phones keep or fetch without cookies: their language is in the address and is not remembered. */
const FOR_PHONES: ReadonlySet<string | null> = new Set([
	'/(citizen)/[unit]/manifest.webmanifest',
	'/(citizen)/[unit]/tanpa-koneksi'
]);
/** The API ignores cookies. */
export const remembersLanguage = (route: string | null): boolean =>
	!FOR_PHONES.has(route) && !isApiCall({ route: { id: route } });

/** No query, the one of the rating form that lists all officers, or the office from which /privasi was opened. */
const SHARED_QUERY = /^(?:\?petugas=semua|\?kantor=[a-z0-9-]+)?$/;

/** A request with any other cookie (session, receipt, prefilled officer, …) gets a page of its own. */
const SHARED_COOKIES: ReadonlySet<string> = new Set([LANGUAGE_COOKIE, placeCookie.name]);

/** Largest number of stored pages, of about 50 kB each. A real site needs fewer; other spellings of an address can add more. */
const MAX_PAGES = 200;

/** The pages of one minute and one state of the reference data. */
let present: { data: ReferenceData; minute: number; pages: Map<string, SplitPage> } | undefined;

/** The pages that are right now. A new minute and any change of the reference data drop all of them. */
async function presentPages(): Promise<Map<string, SplitPage>> {
	const data = await referenceData();
	const minute = Math.floor(now().getTime() / MINUTE_MS);
	if (present?.data !== data || present.minute !== minute) present = { data, minute, pages: new Map() };
	return present.pages;
}

const isShared = ({ request, route, url, cookies, isDataRequest }: RequestEvent): boolean =>
	request.method === 'GET' &&
	SHARED_ROUTES.has(route.id) &&
	(SHARED_QUERY.test(url.search) || (!remembersLanguage(route.id) && /^\?lang=[\w-]+$/.test(url.search))) &&
	!isDataRequest &&
	cookies.getAll().every(({ name }) => SHARED_COOKIES.has(name));

/** Responds to citizens with a page that was rendered for an earlier request, if it is the same for both. */
export const sharedPages: Handle = async ({ event, resolve }) => {
	if (!isShared(event)) return resolve(event);
	const pages = await presentPages();
	const place = await placeCookie.read(event.cookies);
	const key = [event.locals.lang, place?.code ?? '', event.url.href].join(' ');
	const stored = pages.get(key);
	if (stored) {
		const nonce = randomBytes(16).toString('base64');
		const gzip = /\bgzip\b/.test(event.request.headers.get('accept-encoding') ?? '');
		return joinPage(stored, { nonce, ...(stored.hasForm ? await hiddenFields(event) : {}) }, { gzip });
	}
	const response = await resolve(event);
	if (response.status !== 200 || response.headers.has('set-cookie')) return response;
	const html = await response.text();
	const page = splitPage(html, response.headers, event.locals.hidden);
	if (pages.size >= MAX_PAGES) pages.clear();
	if (page) pages.set(key, page);
	return new Response(html, response);
};
