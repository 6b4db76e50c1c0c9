import { Agent, buildConnector, request } from 'undici';
import { now } from '#lib/server/clock.ts';
import { decompressed } from './decompressed.ts';
import { parseJson } from './foreign-text.ts';
import { isChannelHost, lookupForChannel } from './allowed-addresses.ts';
import { retryAfterMs } from './retry-after.ts';
import { USER_AGENT } from './user-agent.ts';

export interface BoundedCall {
	method: 'GET' | 'POST' | 'PUT';
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** Limit of the whole exchange. */
	ms: number;
	/** Bytes; a longer response counts as an error. */
	maxBytes: number;
}

export type CallResult =
	/** `retryAfterMs`: the wait that the server asked for. */
	| { status: number; bytes: Buffer; json: unknown; mediaType: string; retryAfterMs: number | undefined }
	| { error: string; hasPossiblyArrived: boolean };

/** Errors from before the connection (with TLS for https) was established. No request was sent. */
const notConnected = new WeakSet<object>();
/** Requests that could not be built. */
const NOT_BUILT = ['UND_ERR_INVALID_ARG', 'ERR_INVALID_URL'];

const connect = buildConnector({ lookup: lookupForChannel, allowH2: false });
const agent = new Agent({
	// A server may close an idle connection just when the next request is sent, which would lose that request's outcome.
	pipelining: 0,
	connect: (options, callback) =>
		connect(options, (...result) => {
			if (result[0]) notConnected.add(result[0]);
			callback(...result);
		})
});

/**
 * Makes one call to an address that an administrator entered: http or https only, no redirects, no address that
 * `allowed-addresses.ts` refuses. Never throws.
 */
export async function boundedCall({ method, url, headers, body, ms, maxBytes }: BoundedCall): Promise<CallResult> {
	if (!isWebAddress(url) || !isChannelHost(new URL(url).hostname))
		return { error: 'address', hasPossiblyArrived: false };
	try {
		const response = await request(url, {
			dispatcher: agent,
			method,
			headers: { 'user-agent': USER_AGENT, ...headers },
			body: body ?? null,
			signal: AbortSignal.timeout(ms),
			headersTimeout: ms,
			bodyTimeout: ms
		});
		const parts: Uint8Array[] = [];
		let size = 0;
		// `break` destroys the stream, so that the rest isn't read.
		for await (const part of response.body as AsyncIterable<Uint8Array>) {
			size += part.byteLength;
			if (size > maxBytes) return { error: 'too_large', hasPossiblyArrived: true };
			parts.push(part);
		}
		const header = (name: string) => [response.headers[name]].flat()[0];
		const bytes = decompressed(Buffer.concat(parts), header('content-encoding'), maxBytes);
		if (!bytes) return { error: 'too_large', hasPossiblyArrived: true };
		const read = { mediaType: header('content-type') ?? '', retryAfterMs: retryAfterMs(header('retry-after'), now()) };
		return { status: response.statusCode, bytes, json: parseJson(bytes.toString('utf8')), ...read };
	} catch (cause) {
		if (!(cause instanceof Error)) return { error: 'error', hasPossiblyArrived: true };
		const code = 'code' in cause ? String(cause.code) : '';
		return { error: code || cause.name, hasPossiblyArrived: !notConnected.has(cause) && !NOT_BUILT.includes(code) };
	}
}

/** Whether a text is a complete http or https address without user or password. */
export function isWebAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, username, password } = new URL(text);
	return (protocol === 'http:' || protocol === 'https:') && !username && !password;
}
