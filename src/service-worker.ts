/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { version } from '$service-worker';
import { SHELL } from './lib/ratings/kiosk.ts';

/**
 * Serves a paired kiosk's page and its staff's way out, and nothing else, where there is no line. Kept are the shells of the
 * two and the built files they name; never a form, a receipt, a tracked page or an answer of the site.
 */
const worker = self as unknown as ServiceWorkerGlobalScope;
const KEPT = `kiosk-${version}`;
const HOME = '/kiosk';
const EXIT = '/kiosk/keluar';
const shellOf = (path: string) => `${path}?${SHELL}`;
/** A line that says nothing for so long is none. */
const PATIENCE_MS = 6_000;
const built = (path: string) => path.startsWith('/_app/immutable/');

worker.addEventListener('install', () => void worker.skipWaiting());

// The former build's files go with the next shell, never before there is one.
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('message', (event) => {
	if (event.data === 'keep-shell') event.waitUntil(keepShells().catch(() => undefined));
});

async function keepShells(): Promise<void> {
	const cache = await caches.open(KEPT);
	for (const path of [EXIT, HOME]) if (!(await keepShell(cache, path))) return;
	for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
}

/** A shell and every built file it names: without its files it would be a blank page. */
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
	// A PIN that was typed just as the line broke must not end on the browser's own page, from where nothing leads back.
	const typed = request.method === 'POST' && url.pathname === EXIT;
	if ((request.method !== 'GET' && !typed) || url.origin !== worker.location.origin) return;
	if (built(url.pathname)) event.respondWith(fromKept(request));
	else if (request.mode === 'navigate') event.respondWith(page(request, url));
});

async function fromKept(request: Request): Promise<Response> {
	return (await caches.match(request)) ?? fetch(request);
}

/** The site's page where it answers; else its shell, or the kiosk's, to which all other addresses lead back. */
async function page(request: Request, url: URL): Promise<Response> {
	try {
		const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
		if (answer.status < 500) return answer;
	} catch {
		// No line: the shell below.
	}
	const shell = await caches.match(shellOf(url.pathname));
	if (shell) return shell;
	return (await caches.match(shellOf(HOME))) ? Response.redirect(HOME, 303) : Response.error();
}
