import { SESSION_COOKIE } from '#lib/server/web/cookies/session-cookie.ts';

/** A site that does not respond fails the call, and not only the time limit of a whole test. */
const LIMIT_MS = 60_000;

/** Posts a form of the site as a browser would. */
export function submit(
	origin: string,
	path: string,
	fields: Record<string, string> | URLSearchParams | FormData,
	cookie = ''
): Promise<Response> {
	return fetch(origin + path, {
		method: 'POST',
		redirect: 'manual',
		headers: { origin, cookie, accept: 'text/html' },
		body: fields instanceof FormData ? fields : new URLSearchParams(fields),
		signal: AbortSignal.timeout(LIMIT_MS)
	});
}

/** A rating as the citizen's form sends it. */
export const ratingForm = (unit: string, score = 5): URLSearchParams =>
	new URLSearchParams({ unit, score: String(score), comment: 'Cepat dan jelas.', submission_id: crypto.randomUUID() });

/** The cookies that a response sets, as a browser sends them back. */
export const cookiesOf = (response: Response): string =>
	response.headers
		.getSetCookie()
		.map((one) => one.split(';')[0])
		.join('; ');

/** Signs in by the page's own form. @returns the cookie of the session */
export async function signIn(origin: string, username: string, password: string): Promise<string> {
	const response = await submit(origin, '/login', { username, password });
	const cookie = response.headers.getSetCookie().find((one) => one.startsWith(`${SESSION_COOKIE}=`));
	if (!cookie) throw new Error(`${username} could not sign in: ${response.status}`);
	return cookie.split(';')[0] ?? '';
}

/** One call of the site's API. */
export async function callApi(
	origin: string,
	path: string,
	{ token, body, signal }: { token?: string | null; body?: unknown; signal?: AbortSignal } = {}
): Promise<{ status: number; body: Record<string, unknown> }> {
	const response = await fetch(`${origin}/api/v1${path}`, {
		method: body === undefined ? 'GET' : 'POST',
		headers: {
			// A kept-alive connection may be closed at the moment it is used again.
			connection: 'close',
			...(token ? { authorization: `Bearer ${token}` } : {}),
			...(body === undefined ? {} : { 'content-type': 'application/json' })
		},
		body: body === undefined ? undefined : JSON.stringify(body),
		signal: signal ?? AbortSignal.timeout(LIMIT_MS)
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** Benchmarks that send requests from many addresses set `TRUST_PROXY`. Such a site shows its metrics only with a token. */
export const METRICS_TOKEN = 'a-token-for-benchmarks';

/** Memory and open event streams of a site process, from its metrics. */
export async function memoryOf(origin: string): Promise<{ rssMb: number; heapMb: number; streams: number }> {
	const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
	const text = await (await fetch(`${origin}/metrics`, { headers })).text();
	const figure = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? NaN);
	return {
		rssMb: figure('spatula_process_resident_memory_bytes') / 1024 ** 2,
		heapMb: figure('spatula_nodejs_heap_size_used_bytes') / 1024 ** 2,
		streams: figure('spatula_live_streams')
	};
}
