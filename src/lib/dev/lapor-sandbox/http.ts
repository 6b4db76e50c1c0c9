import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Enough for five files of 2 MB with their multipart headers. */
const BODY_BYTES = 24 * 1024 * 1024;

export interface SandboxResponse {
	status: number;
	headers?: Readonly<Record<string, string>>;
	body: string;
}

export interface Incoming {
	method: string;
	url: URL;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

export const json = (
	status: number,
	value: unknown,
	headers: Readonly<Record<string, string>> = {}
): SandboxResponse => ({
	status,
	headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
	body: JSON.stringify(value)
});

export const html = (status: number, body: string): SandboxResponse => ({
	status,
	headers: {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy':
			"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
		'referrer-policy': 'same-origin',
		'x-content-type-options': 'nosniff'
	},
	body
});

export const seeOther = (location: string): SandboxResponse => ({ status: 303, headers: { location }, body: '' });

/** A refusal in Laravel's shape: one message, and the errors by key. */
export const refusal = (
	status: number,
	message: string,
	errors?: Readonly<Record<string, readonly string[]>>
): SandboxResponse => json(status, { status, message, errors });

/** Reads a whole request; undefined if it is larger than `BODY_BYTES`. */
export async function readRequest(request: IncomingMessage): Promise<Incoming | undefined> {
	const parts: Buffer[] = [];
	let size = 0;
	for await (const part of request as AsyncIterable<Buffer>) {
		size += part.byteLength;
		if (size > BODY_BYTES) return undefined;
		parts.push(part);
	}
	const url = new URL(request.url ?? '/', 'http://sandbox.invalid');
	return { method: request.method ?? 'GET', url, headers: request.headers, body: Buffer.concat(parts) };
}

export function send(response: ServerResponse, result: SandboxResponse): void {
	response.writeHead(result.status, { ...result.headers, 'content-length': Buffer.byteLength(result.body) });
	response.end(result.body);
}

export const contentType = (incoming: Incoming): string =>
	(incoming.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

export function jsonBody(incoming: Incoming): unknown {
	try {
		return JSON.parse(incoming.body.toString('utf8')) as unknown;
	} catch {
		return undefined;
	}
}

/** The parts of a multipart body; undefined if the body can't be parsed. */
export async function formBody(incoming: Incoming): Promise<FormData | undefined> {
	try {
		const headers = { 'content-type': incoming.headers['content-type'] ?? '' };
		return await new Response(Uint8Array.from(incoming.body), { headers }).formData();
	} catch {
		return undefined;
	}
}

/** Whether the request is a form from another origin, which must change nothing. */
export function isForeign(incoming: Incoming): boolean {
	const { origin, host } = incoming.headers;
	if (incoming.method === 'GET' || origin === undefined) return false;
	return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Listens on loopback; port 0 takes a free one. @returns the address, and a function that ends all connections */
export async function listenLocally(server: Server, port: number) {
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	const close = async () => {
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		server.closeAllConnections();
		await closed;
	};
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
