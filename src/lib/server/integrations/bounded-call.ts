import { Agent, request } from 'undici';
import { parseJson } from './foreign-text.ts';
import { isChannelHost, lookupForChannel } from './network-address.ts';

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
	| { status: number; bytes: Buffer; json: unknown; mediaType: string }
	/** `begun`: the request may have reached the server. */
	| { error: string; begun: boolean };

/** Failures before the first byte of a request was sent. */
const NOT_BEGUN = new Set([
	...[
		'ENOTFOUND',
		'ENOTALLOWED',
		'EAI_AGAIN',
		'EAI_FAIL',
		'ECONNREFUSED',
		'EHOSTUNREACH',
		'ENETUNREACH',
		'EADDRNOTAVAIL'
	],
	...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_INVALID_ARG', 'ERR_INVALID_URL', 'EPROTO', 'CERT_HAS_EXPIRED'],
	...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
	...['ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY']
]);

const agent = new Agent({ connect: { lookup: lookupForChannel } });

/**
 * Makes one call to an address that an administrator entered: http or https only, no redirects, no address that
 * `network-address.ts` refuses. Never throws.
 */
export async function boundedCall({ method, url, headers, body, ms, maxBytes }: BoundedCall): Promise<CallResult> {
	if (!isWebAddress(url) || !isChannelHost(new URL(url).hostname)) return { error: 'address', begun: false };
	try {
		const response = await request(url, {
			dispatcher: agent,
			method,
			headers,
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
			if (size > maxBytes) return { error: 'too_large', begun: true };
			parts.push(part);
		}
		const bytes = Buffer.concat(parts);
		const mediaType = [response.headers['content-type']].flat()[0] ?? '';
		return { status: response.statusCode, bytes, mediaType, json: parseJson(bytes.toString('utf8')) };
	} catch (cause) {
		const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
		return { error: code || (cause instanceof Error ? cause.name : 'error'), begun: !NOT_BEGUN.has(code) };
	}
}

/** Whether a text is a complete http or https address without user or password. */
export function isWebAddress(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, username, password } = new URL(text);
	return (protocol === 'http:' || protocol === 'https:') && !username && !password;
}
