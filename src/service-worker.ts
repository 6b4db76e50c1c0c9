/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { version } from '$service-worker';
import { DAY_MS } from './lib/calendar/durations.ts';
import { SHELL } from './lib/ratings/kiosk.ts';
import { BY_SCRIPT, LATER } from './lib/ui/form/form-state.ts';
import { isKept } from './lib/ui/form/unsent/browser-drafts.ts';
import { deleteRating, isSettled, RATINGS_TAG, waitingRatings } from './lib/ui/form/unsent/phone-store.ts';

/**
 * One script for four registrations, which differ by their scope:
 * - `/kiosk`: serves the kiosk page and its exit page without a connection. It caches the shells of these two pages.
 * - An office's pages, `/office`: every page comes from the server. Without a connection it serves the office's page
 *   `tanpa-koneksi`, which contains public data of the office only.
 * - An address without a page: it sends ratings that could not be sent before their page was closed.
 * - Another address without a page: it shows push messages, and opens a page of the site when one is tapped.
 *
 * Besides these pages it caches the files that they name. It never caches a form, a receipt, a tracked report or another
 * response.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const SCOPE = new URL(worker.registration.scope).pathname;
const KIOSK = '/kiosk';
const EXIT = '/kiosk/keluar';
const OFFLINE = `${SCOPE}/tanpa-koneksi`;
/** Ends with the scope, because each registration drops only its own caches. */
const CACHE_NAME = version + SCOPE;
const shellOf = (path: string) => `${path}?${SHELL}`;
/** If a page is not complete after this time, the kiosk counts as offline. */
const TIMEOUT_MS = 6_000;
/** After this time the kept page of an office is fetched again, because its contacts may have changed. */
const KEPT_MS = DAY_MS;
/** Statuses of the address of an office that no longer exists. */
const GONE = [404, 410];
/** Files of the shells. Their addresses contain a hash of their content. */
const FILES = /["'(<]([^"'()<>\s]*(?:_app\/immutable\/[^"'()<>\s]+|berkas\/logo\/[0-9a-f]+))["')>]/g;
const isShellFile = (path: string) => /^\/(_app\/immutable|berkas\/logo)\//.test(path);

worker.addEventListener('install', () => worker.skipWaiting());

// Take control at once. Pages never need a file of the previous build again, and the kiosk's stay until `keepShells`
// has stored the new shells.
worker.addEventListener('activate', (event) => {
	event.waitUntil(worker.clients.claim());
	// Starts the request while the worker starts.
	if (SCOPE !== KIOSK) event.waitUntil(worker.registration.navigationPreload?.enable());
});

worker.addEventListener('message', (event) => {
	const kept = event.data === 'keep-shell' ? keepShells() : keepOfflinePage(String(event.data));
	event.waitUntil(kept.catch(() => undefined));
});

async function keepShells(): Promise<void> {
	const cache = await caches.open(CACHE_NAME);
	for (const path of [EXIT, KIOSK]) if (!(await keepShell(cache, shellOf(path)))) return;
	await dropCaches(CACHE_NAME);
}

/** Drops the caches of this registration, except the one named `except`. */
async function dropCaches(except?: string): Promise<void> {
	for (const name of await caches.keys())
		if (name.slice(name.indexOf('/')) === SCOPE && name !== except) await caches.delete(name);
}

/**
 * Caches the office's offline page in the language of the page that was just opened. Fetches it without cookies, so
 * that it contains nothing personal.
 */
async function keepOfflinePage(lang: string): Promise<void> {
	const cache = await caches.open(CACHE_NAME);
	const page = new URL(`${OFFLINE}?lang=${lang}`, worker.location.origin).href;
	const kept = await cache.match(page);
	if (kept && isKept(KEPT_MS, Date.parse(kept.headers.get('date') ?? ''))) return;
	if (!(await keepShell(cache, page, { credentials: 'omit' }))) return;
	for (const { url } of await cache.keys()) if (url !== page && url.includes(OFFLINE)) await cache.delete(url);
	await dropCaches(CACHE_NAME);
}

/** Caches a page and every file it names; without these files it would be a blank page. */
async function keepShell(cache: Cache, page: string, init: RequestInit = {}): Promise<boolean> {
	const response = await fetch(page, { ...init, headers: { accept: 'text/html' } });
	if (!response.ok) return false;
	await keepFiles(cache, page, await response.clone().text());
	await cache.put(page, response);
	return true;
}

/** Caches every file that a page names, one by one, so that a later try needs only the rest. @throws if one is missing */
async function keepFiles(cache: Cache, page: string, html: string, signal?: AbortSignal): Promise<void> {
	const files = [...html.matchAll(FILES)];
	const paths = new Set(files.map(([, path = '']) => new URL(path, new URL(page, worker.location.origin)).pathname));
	const keep = async (path: string) => (await cache.match(path)) ?? cache.add(new Request(path, { signal }));
	await Promise.all([...paths].map(keep));
}

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	// A PIN sent without a connection must not end on the browser's error page, which has no link back.
	const isPin = request.method === 'POST' && url.pathname === EXIT;
	if ((request.method !== 'GET' && !isPin) || url.origin !== worker.location.origin) return;
	if (isShellFile(url.pathname)) event.respondWith(fromCache(request));
	else if (request.mode !== 'navigate') return;
	else event.respondWith(SCOPE === KIOSK ? kioskPage(request, url) : officePage(event, url));
});

/** Responds with the server's page or, without a connection, with the cached offline page. */
async function officePage(event: FetchEvent, { pathname }: URL): Promise<Response> {
	const { request, preloadResponse } = event;
	try {
		const response = ((await preloadResponse) as Response | undefined) ?? (await fetch(request));
		if (pathname === SCOPE && GONE.includes(response.status)) event.waitUntil(unregisterOffice());
		return response;
	} catch {
		// The scope `/office` also contains the pages of `/office-two`.
		const isOwn = `${pathname}/`.startsWith(`${SCOPE}/`);
		return (isOwn && (await caches.match(OFFLINE, { ignoreSearch: true }))) || Response.error();
	}
}

/** Deletes the caches and the registration of an office whose address changed or ended. */
async function unregisterOffice(): Promise<void> {
	await dropCaches();
	await worker.registration.unregister();
}

async function fromCache(request: Request): Promise<Response> {
	return (await caches.match(request)) ?? fetch(request);
}

/** The server's page if it responds; else the cached shell, or a redirect to the kiosk page. */
async function kioskPage(request: Request, url: URL): Promise<Response> {
	const shell = await caches.match(shellOf(url.pathname));
	const limit = new AbortController();
	// No time limit for a PIN: after wrong PINs the server delays its response.
	const timer = request.method === 'GET' ? setTimeout(() => limit.abort(), TIMEOUT_MS) : undefined;
	try {
		const response = await fetch(request, { signal: limit.signal });
		// Read the whole page first: a truncated page has no script that could reload it. Nor has the page of a new version
		// without its files.
		const html = await response.clone().text();
		if (shell && timer && response.ok) await keepFiles(await caches.open(CACHE_NAME), request.url, html, limit.signal);
		if (response.status < 500) return response;
	} catch {
		// No connection: use the cached shell.
	} finally {
		clearTimeout(timer);
	}
	return shell ?? ((await caches.match(shellOf(KIOSK))) ? Response.redirect(KIOSK, 303) : Response.error());
}

worker.addEventListener('sync', (event) => {
	const sync = event as ExtendableEvent & { tag: string };
	if (sync.tag === RATINGS_TAG) sync.waitUntil(sendRatings());
});

/** Sends waiting ratings. The site counts each submission id once. @throws if one failed; the browser then tries again */
async function sendRatings(): Promise<void> {
	let failed = 0;
	for (const { key, action, body } of await waitingRatings()) {
		const headers = { accept: 'text/html', [BY_SCRIPT]: LATER };
		const response = await fetch(action, { method: 'POST', headers, body: new URLSearchParams(body) });
		if (await isSettled(response)) await deleteRating(key);
		else failed = response.status;
	}
	if (failed) throw new Error(`${failed}`);
}

worker.addEventListener('push', (event) => {
	const { kind, text, page } = event.data?.json() as { kind: string; text: string; page: string };
	// A newer message replaces an older one of its kind and sounds again.
	const options = { body: text, tag: kind, renotify: true, data: page };
	event.waitUntil(worker.registration.showNotification('SPATULA', options));
});

worker.addEventListener('notificationclick', (event) => {
	event.notification.close();
	event.waitUntil(worker.clients.openWindow(String(event.notification.data)));
});
