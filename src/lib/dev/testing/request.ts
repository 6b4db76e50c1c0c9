import type { Actor } from '#lib/server/people/actor.ts';

interface Sent {
	actor?: Pick<Actor, 'accountId'> | null;
	lang?: 'id' | 'en';
	/** Sends a form with these fields. */
	fields?: FormData | Record<string, string>;
	/** By default that of a form, else GET. */
	method?: string;
	headers?: HeadersInit;
	params?: Record<string, string>;
	/** The cookies of the browser. */
	jar?: Map<string, string>;
	/** Further parts of the event, or others in place of these. */
	[part: string]: unknown;
}

/** The cookies of a request, and of the browser that sent it. `never` fits every parameter. */
export const cookiesIn = (jar: Map<string, string>): never =>
	({
		get: (name: string) => jar.get(name),
		set: (name: string, value: string) => void jar.set(name, value),
		delete: (name: string) => void jar.delete(name),
		getAll: () => [...jar].map(([name, value]) => ({ name, value }))
	}) as never;

/** The event of a request, for a load, an action or a function of `web`. `never` fits every parameter. */
export function requestTo(path = '/', sent: Sent = {}): never {
	const { actor = null, lang = 'id', fields, method = fields ? 'POST' : 'GET', headers } = sent;
	const { params = {}, jar = new Map<string, string>(), ...parts } = sent;
	const url = new URL(path, 'http://localhost');
	const body = fields && !(fields instanceof FormData) ? new URLSearchParams(fields) : fields;
	const event = { url, params, request: new Request(url, { method, headers, body }), cookies: cookiesIn(jar) };
	const client = { getClientAddress: () => '203.0.113.7', isDataRequest: false };
	return { ...event, ...client, locals: { actor, lang }, ...parts } as never;
}

/** The address to which a call redirects the browser; its result if it does not. */
export const addressOf = <T>(call: Promise<T>): Promise<T | string> =>
	call.catch((thrown: { location?: string }) => thrown.location ?? Promise.reject(thrown as Error));
