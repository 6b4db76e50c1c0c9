/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { version } from '$service-worker';
import { SHELL } from './lib/ratings/kiosk.ts';
import { BY_SCRIPT, LATER } from './lib/ui/form/form-state.ts';
import { deleteRating, RATINGS_TAG, waitingRatings } from './lib/ui/form/phone-store.ts';

/**
 * Serves the kiosk page and its exit page without a connection. It caches only the shells of these two pages and the built
 * files they name. It never caches a form, a receipt, a tracked report or another response.
 *
 * On a citizen's phone it serves no page. It sends ratings that could not be sent before their page was closed.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE_NAME = `kiosk-${version}`;
const HOME = '/kiosk';
const EXIT = '/kiosk/keluar';
const shellOf = (path: string) => `${path}?${SHELL}`;
/** Without a response in this time the kiosk counts as offline. */
const TIMEOUT_MS = 6_000;
const isBuiltFile = (path: string) => path.startsWith('/_app/immutable/');

worker.addEventListener('install', () => void worker.skipWaiting());

// Take control at once. Files of the previous build stay until `keepShells` has stored the new shells.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
	if (event.data === 'keep-shell') event.waitUntil(keepShells().catch(() => undefined));
});

async function keepShells(): Promise<void> {
	const cache = await caches.open(CACHE_NAME);
	for (const path of [EXIT, HOME]) if (!(await keepShell(cache, path))) return;
	for (const name of await caches.keys()) if (name !== CACHE_NAME) await caches.delete(name);
}

/** Caches a shell and every built file it names; without these files it would be a blank page. */
async function keepShell(cache: Cache, page: string): Promise<boolean> {
	const response = await fetch(shellOf(page), { headers: { accept: 'text/html' } });
	if (!response.ok) return false;
	// The `link` header names the scripts, the page itself the other files.
	const named = `${response.headers.get('link') ?? ''} ${await response.clone().text()}`;
	const files = [...named.matchAll(/["'(<]([^"'()<>\s]*_app\/immutable\/[^"'()<>\s]+)["')>]/g)];
	const paths = new Set(files.map(([, path = '']) => new URL(path, new URL(page, worker.location.origin)).pathname));
	const missing = await Promise.all([...paths].map(async (path) => ((await cache.match(path)) ? [] : [path])));
	await cache.addAll(missing.flat());
	await cache.put(shellOf(page), response);
	return true;
}

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	// A PIN sent without a connection must not end on the browser's error page, which has no link back.
	const isPin = request.method === 'POST' && url.pathname === EXIT;
	if ((request.method !== 'GET' && !isPin) || url.origin !== worker.location.origin) return;
	if (isBuiltFile(url.pathname)) event.respondWith(fromCache(request));
	else if (request.mode === 'navigate') event.respondWith(page(request, url));
});

async function fromCache(request: Request): Promise<Response> {
	return (await caches.match(request)) ?? fetch(request);
}

/** The server's page if it responds; else the cached shell, or a redirect to the kiosk page. */
async function page(request: Request, url: URL): Promise<Response> {
	try {
		const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) });
		if (response.status < 500) return response;
	} catch {
		// No connection: use the cached shell.
	}
	const shell = await caches.match(shellOf(url.pathname));
	if (shell) return shell;
	return (await caches.match(shellOf(HOME))) ? Response.redirect(HOME, 303) : Response.error();
}

worker.addEventListener('sync', (event) => {
	const { tag, waitUntil } = event as ExtendableEvent & { tag: string };
	if (tag === RATINGS_TAG) waitUntil.call(event, sendRatings());
});

/** The site has stored the rating, or refuses it for good. Any other answer may come from a proxy or a busy site. */
const FINAL = [204, 404, 409, 410, 422];

/** Sends waiting ratings. The site counts each submission id once. @throws if one failed; the browser then tries again */
async function sendRatings(): Promise<void> {
	let failed = 0;
	for (const { key, action, body } of await waitingRatings()) {
		const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html', [BY_SCRIPT]: LATER };
		const { status } = await fetch(action, { method: 'POST', headers, body });
		if (FINAL.includes(status)) await deleteRating(key);
		else failed = status;
	}
	if (failed) throw new Error(`a rating was not taken: ${failed}`);
}
