import { createECDH, randomBytes, type ECDH } from 'node:crypto';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import getTlsOptions from 'smtp-server/lib/tls-options.js';
import { listenOnFreePort } from '../network/local-server.ts';

interface DecryptOptions {
	version: 'aes128gcm';
	privateKey: ECDH;
	authSecret: string;
}
/** The decryption that belongs to the library with which the site encrypts. */
const { decrypt } = createRequire(import.meta.resolve('web-push'))('http_ece') as {
	decrypt: (body: Buffer, options: DecryptOptions) => Buffer;
};

/** A browser with a subscription, as the fields of the site's forms. */
export interface TestBrowser {
	endpoint: string;
	p256dh: string;
	auth: string;
}

/** A message that arrived: its headers, and its text as the browser decrypts it. */
interface Pushed {
	browser: TestBrowser;
	text: string;
	headers: { ttl?: string; 'content-encoding'?: string; authorization?: string };
}

export type PushService = Awaited<ReturnType<typeof startPushService>>;

/** Starts a push service on this machine and allows this process to send to it. At first it takes every message. */
export async function startPushService() {
	globalThis.spatulaLocalPush = true;
	let status: number | undefined = 201;
	let headers: Record<string, string> = {};
	let pushed: Pushed[] = [];
	const all: string[] = [];
	const browsers = new Map<string, { browser: TestBrowser; privateKey: ECDH }>();
	const server = createServer(getTlsOptions(), (request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const known = browsers.get(request.url ?? '');
			if (known) {
				const { browser, privateKey } = known;
				const options = { version: 'aes128gcm', privateKey, authSecret: browser.auth } as const;
				const text = decrypt(Buffer.concat(parts), options).toString();
				pushed.push({ browser, headers: request.headers, text });
				all.push(text);
			}
			if (status === undefined) request.socket.destroy();
			else response.writeHead(status, { location: 'https://127.0.0.1/elsewhere', ...headers }).end();
		});
	});
	const origin = `https://127.0.0.1:${await listenOnFreePort(server)}`;
	return {
		browser(): TestBrowser {
			const privateKey = createECDH('prime256v1');
			const p256dh = privateKey.generateKeys().toString('base64url');
			const path = `/${randomBytes(9).toString('base64url')}`;
			const browser = { endpoint: origin + path, p256dh, auth: randomBytes(16).toString('base64url') };
			browsers.set(path, { browser, privateKey });
			return browser;
		},
		/** What arrived since the last call, or only what arrived for one browser. */
		take(of?: TestBrowser): Pushed[] {
			const taken = pushed.filter(({ browser }) => !of || browser === of);
			pushed = pushed.filter((one) => !taken.includes(one));
			return taken;
		},
		/** The text of everything that arrived since the start. */
		received: (): readonly string[] => all,
		/** The status of the next answers; undefined closes the connection. */
		answer: (next: number | undefined, more: Record<string, string> = {}) => {
			status = next;
			headers = more;
		},
		close: () => {
			globalThis.spatulaLocalPush = undefined;
			server.close();
			server.closeAllConnections();
		}
	};
}
