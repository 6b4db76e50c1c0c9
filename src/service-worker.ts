/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { version } from '$service-worker';
import { SHELL } from './lib/ratings/kiosk.ts';

/**
 * Serves the kiosk page and its exit page without a connection. It caches the shells of these two pages and the built files
 * they name, never a form, a receipt, a tracked report or an answer of the site.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const KEPT = `kiosk-${version}`;
const HOME = '/kiosk';
const EXIT = '/kiosk/keluar';
const shellOf = (path: string) => `${path}?${SHELL}`;
/** After this without an answer the page counts as offline. */
const PATIENCE_MS = 6_000;
const built = (path: string) => path.startsWith('/_app/immutable/');

worker.addEventListener('install', () => void worker.skipWaiting());

// Files of the former build are deleted once a new shell is stored, never before.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
	if (event.data === 'keep-shell') event.waitUntil(keepShells().catch(() => undefined));
});

async function keepShells(): Promise<void> {
	const cache = await caches.open(KEPT);
	for (const path of [EXIT, HOME]) if (!(await keepShell(cache, path))) return;
	for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
}

/** Caches a shell and every built file it names; without its files it would be a blank page. */
async function keepShell(cache: Cache, page: string): Promise<boolean> {
	const answer = await fetch(shellOf(page), { headers: { accept: 'text/html' } });
	if (!answer.ok) return false;
	// Its scripts are named in the header that lets a browser fetch them early, the rest in the page.
	const named = `${answer.headers.get('link') ?? ''} ${await answer.clone().text()}`;
	const files = [...named.matchAll(/["'(<]([^"'()<>\s]*_app\/immutable\/[^"'()<>\s]+)["')>]/g)];
	const paths = new Set(files.map(([, path = '']) => new URL(path, new URL(page, worker.location.origin)).pathname));
	const missing = await Promise.all([...paths].map(async (path) => ((await cache.match(path)) ? [] : [path])));
	await cache.addAll(missing.flat());
	await cache.put(shellOf(page), answer);
	return true;
}

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	// A PIN sent without a connection must not lead to the browser's error page, which has no way back.
	const typed = request.method === 'POST' && url.pathname === EXIT;
	if ((request.method !== 'GET' && !typed) || url.origin !== worker.location.origin) return;
	if (built(url.pathname)) event.respondWith(fromKept(request));
	else if (request.mode === 'navigate') event.respondWith(page(request, url));
});

async function fromKept(request: Request): Promise<Response> {
	return (await caches.match(request)) ?? fetch(request);
}

/** The site's page if it answers; else the stored shell, or a redirect to the kiosk's page. */
async function page(request: Request, url: URL): Promise<Response> {
	try {
		const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
		if (answer.status < 500) return answer;
	} catch {
		// No connection: the shell below.
	}
	const shell = await caches.match(shellOf(url.pathname));
	if (shell) return shell;
	return (await caches.match(shellOf(HOME))) ? Response.redirect(HOME, 303) : Response.error();
}
