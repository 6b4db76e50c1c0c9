import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { RequestOptions } from 'web-push';
import { now } from '#lib/server/clock.ts';
import { isPublicAddress, lookupPublic } from '../allowed-addresses.ts';
import { retryAfterMs } from '../retry-after.ts';
import { USER_AGENT } from '../user-agent.ts';

/** What a browser gives a site that may send it push messages. */
export interface PushSubscription {
	/** Address of the browser at its push service. */
	endpoint: string;
	keys: { p256dh: string; auth: string };
}

/** The key pair by which push services recognise this site (VAPID, RFC 8292). */
export interface PushKeys {
	publicKey: string;
	privateKey: string;
}

export type PushOutcome =
	/** The push service took the message. */
	| { kind: 'sent' }
	/** The subscription has ended: the browser was removed or withdrew its permission. */
	| { kind: 'gone' }
	/** No answer, or one that may be different later. `retryAfterMs`: the wait that the service asked for. */
	| { kind: 'later'; retryAfterMs?: number }
	/** The message, the address or the site's key is wrong, and stays wrong. Without `status`, no request was sent. */
	| { kind: 'refused'; status?: number };

const CALL_MS = 10_000;

declare global {
	/** Set by tests before the site starts: push services on this machine are allowed. No setting does that. */
	var spatulaLocalPush: true | undefined;
}

const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

/** Whether a test may send to this address of its own machine. */
const isLocalTest = (url: URL) => globalThis.spatulaLocalPush === true && hostOf(url) === '127.0.0.1';

/** Whether an endpoint may be stored: an https address on the usual port, whose host is not a private IP address. */
export function isPushEndpoint(endpoint: string): boolean {
	if (endpoint.length > 1000 || !URL.canParse(endpoint)) return false;
	const url = new URL(endpoint);
	if (url.protocol !== 'https:' || url.username || url.password) return false;
	if (isLocalTest(url)) return true;
	const host = hostOf(url);
	return url.port === '' && (isIP(host) ? isPublicAddress(host) : host.includes('.'));
}

export async function generatePushKeys(): Promise<PushKeys> {
	const { default: webPush } = await import('web-push');
	return webPush.generateVAPIDKeys();
}

/**
 * Sends one message to a browser, encrypted for it. Connects to public addresses only, follows no redirect and reads no
 * answer beyond its status.
 * @param options `subject`: whom the push service may contact, an https or mailto address; `ttl`: seconds for which the
 *   push service keeps the message for a browser that is off
 */
export async function sendPush(
	subscription: PushSubscription,
	payload: string,
	{ keys, subject, ttl }: { keys: PushKeys; subject: string; ttl: number }
): Promise<PushOutcome> {
	if (!isPushEndpoint(subscription.endpoint)) return { kind: 'refused' };
	const details = await requestOf(subscription, payload, { vapidDetails: { subject, ...keys }, TTL: ttl });
	if (!details) return { kind: 'refused' };
	const url = new URL(subscription.endpoint);
	const agent = new Agent({
		connect: { timeout: CALL_MS, lookup: lookupPublic, rejectUnauthorized: !isLocalTest(url) },
		pipelining: 0
	});
	try {
		const { statusCode, headers } = await request(url, {
			method: 'POST',
			headers: { ...details.headers, 'user-agent': USER_AGENT },
			body: details.body,
			dispatcher: agent,
			signal: AbortSignal.timeout(CALL_MS)
		});
		return outcomeOf(statusCode, [headers['retry-after']].flat()[0]);
	} catch {
		return { kind: 'later' };
	} finally {
		await agent.destroy();
	}
}

/** Headers and encrypted body of the request; undefined if the browser's keys are no keys. */
async function requestOf(subscription: PushSubscription, payload: string, options: RequestOptions) {
	const { default: webPush } = await import('web-push');
	try {
		return webPush.generateRequestDetails(subscription, payload, options);
	} catch {
		return undefined;
	}
}

function outcomeOf(status: number, retryAfter: string | undefined): PushOutcome {
	if (status >= 200 && status < 300) return { kind: 'sent' };
	if (status === 404 || status === 410) return { kind: 'gone' };
	if (status === 429 || status >= 500) return { kind: 'later', retryAfterMs: retryAfterMs(retryAfter, now()) };
	return { kind: 'refused', status };
}
