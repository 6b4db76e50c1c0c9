import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { request, type FormData } from 'undici';
import type { Connection } from './connection.ts';
import { faultCode, faultDetail, wasNeverBuilt } from './fault-code.ts';
import { parseJson, plainText } from './foreign-text.ts';
import type { Exchange, LaporSettings } from './types.ts';

/** More than this is no answer of this API; reading on would only fill memory. */
const ANSWER_BYTES = 2 * 1024 * 1024;
const EXCERPT_CHARACTERS = 2000;

const CALL_MS = 60_000;

export interface Call {
	method: 'GET' | 'POST';
	path: string;
	query?: Readonly<Record<string, string>>;
	json?: unknown;
	form?: FormData;
}

/** What goes over the wire beside the body. */
export function callHeaders(settings: LaporSettings, call: Call): Record<string, string> {
	return {
		accept: 'application/json',
		[settings.authHeader]: settings.bearer,
		token: settings.token,
		...(call.json === undefined ? {} : { 'content-type': 'application/json' })
	};
}

export function callUrl(settings: LaporSettings, call: Call): string {
	const query = call.query ? `?${new URLSearchParams(call.query)}` : '';
	return `${settings.baseUrl.replace(/\/+$/, '')}${call.path}${query}`;
}

/** Makes one call, follows no redirect, and answers with what was seen; a foreign fault is never thrown. */
export async function exchange(settings: LaporSettings, call: Call, connection: Connection): Promise<Exchange> {
	// A monotonic reading: durations must not jump when the machine's clock is set.
	const started = performance.now();
	const limit = settings.callMs ?? CALL_MS;
	const controller = new AbortController();
	const timer = setTimeout(() => controller.abort(), limit);
	const seen: Partial<Exchange> = {};
	try {
		const answer = await request(callUrl(settings, call), {
			method: call.method,
			headers: callHeaders(settings, call),
			body: call.form ?? (call.json === undefined ? null : JSON.stringify(call.json)),
			dispatcher: connection.agent,
			signal: controller.signal,
			headersTimeout: limit,
			bodyTimeout: limit
		});
		seen.connected = true;
		seen.status = answer.statusCode;
		seen.headers = plainHeaders(answer.headers);
		await readAnswer(answer.body, seen, settings);
	} catch (error) {
		seen.connected ??= !wasNeverBuilt(error) && connection.wasUp(error);
		seen.error = {
			code: faultCode(error, seen.connected, controller.signal.aborted),
			detail: faultDetail(error)
		};
	} finally {
		clearTimeout(timer);
	}
	const bytesOut = connection.bytesOut();
	return {
		...seen,
		connected: seen.connected ?? false,
		...(bytesOut === undefined ? {} : { bytesOut }),
		durationMs: Math.round(performance.now() - started)
	};
}

async function readAnswer(
	body: AsyncIterable<Uint8Array>,
	seen: Partial<Exchange>,
	settings: LaporSettings
): Promise<void> {
	const parts: Uint8Array[] = [];
	let size = 0;
	try {
		// Leaving the loop early destroys the stream, so the rest isn't read.
		for await (const part of body) {
			parts.push(part);
			size += part.byteLength;
			if (size > ANSWER_BYTES) {
				seen.error = { code: 'answer_too_large', detail: `more than ${ANSWER_BYTES} bytes` };
				break;
			}
		}
	} finally {
		const text = unpacked(Buffer.concat(parts), seen.headers?.['content-encoding']).toString('utf8');
		seen.excerpt = excerptOf(text, settings);
		if (size <= ANSWER_BYTES) seen.json = parseJson(text);
	}
}

const UNPACK: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
	gzip: gunzipSync,
	'x-gzip': gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync
};

/** We ask for no compression, but a gateway in between may do it all the same. What can't be unpacked stays as it came. */
function unpacked(bytes: Buffer, encoding: string | undefined): Buffer {
	const unpack = UNPACK[encoding?.trim().toLowerCase() ?? ''];
	if (!unpack || bytes.length === 0) return bytes;
	try {
		return unpack(bytes, { maxOutputLength: ANSWER_BYTES });
	} catch {
		return bytes;
	}
}

/** Excerpts are stored and shown to staff; an echo of our secrets must not travel with them. */
function excerptOf(text: string, settings: LaporSettings): string {
	const secrets = [settings.bearer, settings.bearer.replace(/^Bearer\s+/i, ''), settings.token];
	const blotted = secrets
		.filter((secret) => secret.length >= 6)
		.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text.slice(0, EXCERPT_CHARACTERS * 2));
	return plainText(blotted).slice(0, EXCERPT_CHARACTERS).toWellFormed();
}

function plainHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
	const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
	return Object.fromEntries(
		entries.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)])
	);
}
