import { Agent, buildConnector, request, type FormData } from 'undici';
import { firstCharacters } from '#lib/text/cut-text.ts';
import { storableText } from '#lib/text/storable-text.ts';
import { decompressed } from '../decompressed.ts';
import { parseJson } from '../foreign-text.ts';
import { USER_AGENT } from '../user-agent.ts';
import { withoutHtml } from './tracking.ts';
import type { Exchange, LaporSettings, ExchangeErrorCode } from './types.ts';

/**
 * Longer responses are not read to their end, so that they don't fill the memory. A list of 1,000 institutions with many
 * fields can be several MB.
 */
const RESPONSE_BYTES = 8 * 1024 * 1024;
const EXCERPT_CHARACTERS = 2000;

export const CALL_MS = 60_000;

export interface Call {
	method: 'GET' | 'POST';
	path: string;
	query?: Readonly<Record<string, string>>;
	json?: unknown;
	form?: FormData;
	/** Removes what staff may not see from a text of the response. */
	clean?: ((text: string) => string) | undefined;
}

/** Connections to the service. `wasUp` tells whether a failed call may have had a connection. */
export interface Connection {
	agent: Agent;
	wasUp(error: unknown): boolean;
}

/**
 * Opens up to `most` connections. The connector calls back after TCP and, for https, after TLS. From that moment on a report
 * may have been sent.
 */
export function openConnection(connectMs: number, most: number): Connection {
	const connect = buildConnector({ timeout: connectMs, allowH2: false });
	const failures = new WeakSet<object>();
	let connected = 0;
	const agent = new Agent({
		connections: most,
		pipelining: 1,
		allowH2: false,
		connect: (options, callback) =>
			connect(options, (...result) => {
				if (result[0] === null) connected += 1;
				else failures.add(result[0]);
				callback(...result);
			})
	});
	return { agent, wasUp: (error) => connected > 0 && !(error instanceof Error && failures.has(error)) };
}

export function callHeaders(settings: LaporSettings, call: Call): Record<string, string> {
	return {
		accept: 'application/json',
		'user-agent': USER_AGENT,
		[settings.authHeader]: settings.bearer,
		token: settings.token,
		...(call.json === undefined ? {} : { 'content-type': 'application/json' })
	};
}

export function callUrl(settings: LaporSettings, call: Call): string {
	const query = call.query ? `?${new URLSearchParams(call.query)}` : '';
	return `${settings.baseUrl.replace(/\/+$/, '')}${call.path}${query}`;
}

/** Makes one call and follows no redirect. Never throws because of an error of the service. */
export async function exchange(settings: LaporSettings, call: Call, connection: Connection): Promise<Exchange> {
	// A monotonic clock, so that durations do not jump when the system clock is set.
	const started = performance.now();
	const limit = settings.callMs ?? CALL_MS;
	const signal = AbortSignal.timeout(limit);
	const seen: Partial<Exchange> = {};
	try {
		const response = await request(callUrl(settings, call), {
			method: call.method,
			headers: callHeaders(settings, call),
			body: call.form ?? (call.json === undefined ? null : JSON.stringify(call.json)),
			dispatcher: connection.agent,
			signal,
			headersTimeout: limit,
			bodyTimeout: limit
		});
		seen.connected = true;
		seen.status = response.statusCode;
		seen.headers = plainHeaders(response.headers);
		const clean = (text: string) => {
			const rest = withoutSecrets(text, settings);
			return call.clean ? call.clean(rest) : rest;
		};
		await readResponse(response.body, seen, (text) => {
			// Tags can split a name. Readers remove tags later, and then the name would appear.
			const plain = withoutHtml(text);
			const cleaned = clean(plain);
			return cleaned === plain ? clean(text) : cleaned;
		});
	} catch (error) {
		seen.connected ??= !wasNeverBuilt(error) && connection.wasUp(error);
		seen.error = { code: faultCode(error, seen.connected, signal.aborted), detail: faultDetail(error) };
	}
	return { ...seen, connected: seen.connected ?? false, durationMs: Math.round(performance.now() - started) };
}

async function readResponse(body: AsyncIterable<Uint8Array>, seen: Partial<Exchange>, clean: (text: string) => string) {
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		// `break` destroys the stream, so that the rest isn't read.
		for await (const part of body) {
			parts.push(part);
			size += part.byteLength;
			if (size > RESPONSE_BYTES) {
				seen.error = { code: 'answer_too_large', detail: `more than ${RESPONSE_BYTES} bytes` };
				break;
			}
		}
	} finally {
		const raw = Buffer.concat(parts);
		const bytes = decompressed(raw, seen.headers?.['content-encoding'], RESPONSE_BYTES) ?? raw;
		const text = bytes.toString('utf8');
		// Control characters first: in the middle of a name they would hide it, and the name appear once they are removed.
		seen.excerpt = clean(firstCharacters(clean(storableText(text)), EXCERPT_CHARACTERS));
		// Cleans each text after parsing, and not the JSON before it: a short secret may be part of a number or be a key.
		if (size <= RESPONSE_BYTES) seen.json = parseJson(text, clean);
	}
}

/** Removes our secrets, because texts of a response are stored and shown to staff. JSON may write a slash as `\/`. */
function withoutSecrets(text: string, { bearer, token }: LaporSettings): string {
	return [bearer, bearer.replace(/^Bearer\s+/i, ''), token]
		.filter((secret) => secret.length >= 6)
		.flatMap((secret) => [secret, secret.replaceAll('/', '\\/')])
		.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text);
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
	const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
	return Object.fromEntries(
		entries.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)])
	);
}

const CONNECT_ERRORS: Readonly<Record<string, ExchangeErrorCode>> = {
	ENOTFOUND: 'dns',
	EAI_AGAIN: 'dns',
	EAI_FAIL: 'dns',
	ENODATA: 'dns',
	ECONNREFUSED: 'refused',
	UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
	ETIMEDOUT: 'connect_timeout',
	ECONNRESET: 'connect_reset',
	EPIPE: 'connect_reset',
	UND_ERR_SOCKET: 'connect_reset',
	EHOSTUNREACH: 'unreachable',
	ENETUNREACH: 'unreachable',
	ENETDOWN: 'unreachable',
	EADDRNOTAVAIL: 'unreachable',
	EPROTO: 'tls',
	UND_ERR_INVALID_ARG: 'not_built',
	ERR_INVALID_URL: 'not_built'
};

const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|ERR_OSSL_)/;

const codeOf = (error: unknown): string => {
	const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : '';
};

/** Whether the request could not be built, so that no connection was opened. */
const wasNeverBuilt = (error: unknown): boolean => CONNECT_ERRORS[codeOf(error)] === 'not_built';

/** Whether the response is not valid HTTP. Not all parser errors of undici have a code. */
const isUnreadable = (error: unknown): boolean =>
	error instanceof Error && (error.name === 'HTTPParserError' || codeOf(error) === 'UND_ERR_HEADERS_OVERFLOW');

/** The code of a failure. After connecting, every failure except a time-out or an unreadable response is a reset. */
function faultCode(error: unknown, connected: boolean, timedOut: boolean): ExchangeErrorCode {
	if (timedOut) return connected ? 'timeout' : 'connect_timeout';
	const code = codeOf(error);
	if (!connected) return CONNECT_ERRORS[code] ?? (TLS.test(code) ? 'tls' : 'connect_failed');
	if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
	if (isUnreadable(error)) return 'broken_answer';
	return 'reset';
}

/** A short line for logs and administrators: code and message, without a stack. */
function faultDetail(error: unknown): string {
	const message = error instanceof Error ? error.message : String(error);
	return [codeOf(error), message].filter(Boolean).join(' ').slice(0, 300);
}
