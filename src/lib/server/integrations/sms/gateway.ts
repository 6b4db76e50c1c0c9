import { boundedCall } from '../bounded-call.ts';
import { at, textAt } from '../foreign-text.ts';
import type { SendOutcome } from '../whatsapp/client.ts';

/** How an SMS is handed to the office's gateway. */
export interface SmsGateway {
	method: 'POST' | 'PUT' | 'GET';
	/** May contain `{to}` and `{text}`, which are written as `%XX`. */
	url: string;
	/** One `Name: value` per line. */
	headers: string;
	/** May contain `{to}` and `{text}`, written as the media type of the headers needs it. */
	body: string;
	/** Path of the message's id in the response, like `data.id`. Empty: the gateway gives none, and its status decides. */
	idPath: string;
}

const MS = 20_000;
const BYTES = 64 * 1024;

/** The lines of headers as pairs; undefined if a line is not `Name: value`. */
export function headersOf(text: string): Record<string, string> | undefined {
	const lines = text
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
	const pairs = lines.map((line) => /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*([\x20-\x7e]*)$/.exec(line));
	if (pairs.some((pair) => pair === null)) return undefined;
	return Object.fromEntries(pairs.map((pair) => [pair?.[1]?.toLowerCase() ?? '', pair?.[2] ?? '']));
}

/** The value at a path like `data.0.id` of a JSON value. */
export const valueAt = (json: unknown, path: string): string | undefined =>
	path === '' ? undefined : textAt(at(json, ...path.split('.')));

/** Hands an SMS to the gateway: one call, http or https, no redirects. */
export async function sendSms(gateway: SmsGateway, to: string, text: string): Promise<SendOutcome> {
	const headers = headersOf(gateway.headers) ?? {};
	const type = headers['content-type'] ?? '';
	const inBody = /json/i.test(type)
		? (value: string) => JSON.stringify(value).slice(1, -1)
		: /urlencoded/i.test(type)
			? encodeURIComponent
			: /xml/i.test(type)
				? (value: string) => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
				: (value: string) => value;
	const fill = (template: string, write: (value: string) => string) =>
		template.replace(/\{(to|text)\}/g, (_, name) => write(name === 'to' ? to : text));
	const result = await boundedCall({
		method: gateway.method,
		url: fill(gateway.url, encodeURIComponent),
		headers,
		body: gateway.method === 'GET' ? undefined : fill(gateway.body, inBody),
		ms: MS,
		maxBytes: BYTES
	});
	if ('error' in result) return { kind: result.hasPossiblyArrived ? 'unknown' : 'later', reason: result.error };
	const { status, json, retryAfterMs } = result;
	if (status >= 200 && status < 300) {
		const externalId = gateway.idPath === '' ? '' : valueAt(json, gateway.idPath);
		// Many gateways return their errors with status 200: without the id it may have been accepted, or not.
		return externalId === undefined ? { kind: 'unknown', reason: 'no_id' } : { kind: 'sent', externalId };
	}
	if (status === 429 || status === 503) return { kind: 'later', reason: `http_${status}`, retryAfterMs };
	if (status === 401 || status === 403) return { kind: 'refused', reason: 'token' };
	if (status >= 300 && status < 500) return { kind: 'refused', reason: `code_${status}` };
	return { kind: 'unknown', reason: `http_${status}` };
}
