import type { RequestEvent } from '@sveltejs/kit';
import { addressOf } from '#lib/server/client-address.ts';
import { env } from '#lib/server/env.ts';
import { sameSecret } from '#lib/server/keys.ts';
import { log } from '#lib/server/log.ts';

/** The client's address. The rate limiter hashes it, and it is stored nowhere else. */
export function clientAddress(event: RequestEvent): string {
	// A client that has left has no address, although the type says otherwise.
	const socketAddress = (event.getClientAddress() as string | undefined) ?? '';
	return addressOf(event.request.headers.get('x-forwarded-for') ?? undefined, socketAddress, env().TRUST_PROXY);
}

let warned = false;

/**
 * Warns once in the log if a proxy sends client addresses but TRUST_PROXY is 0, because all clients then share one rate
 * limit. Without a proxy, only a client that forges the header causes the warning.
 */
export function warnOfUndeclaredProxy({ request }: Pick<RequestEvent, 'request'>): void {
	if (warned || env().TRUST_PROXY > 0 || !request.headers.has('x-forwarded-for')) return;
	warned = true;
	log().warn('requests carry X-Forwarded-For but TRUST_PROXY is 0: behind a proxy every client shares one budget');
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Whether the details of health and metrics may be shown: with the token if one is set, else on loopback only. Behind a
 * proxy only with the token, because a request without the proxy's header also comes from this machine.
 */
export function isOperator(event: RequestEvent): boolean {
	const token = env().METRICS_TOKEN;
	if (!token) {
		// Behind a proxy without TRUST_PROXY, all requests seem to come from this machine.
		const proxied = env().TRUST_PROXY > 0 || event.request.headers.has('x-forwarded-for');
		return !proxied && LOOPBACK.test(clientAddress(event));
	}
	const [, sentToken = ''] = /^Bearer (\S+)$/i.exec(event.request.headers.get('authorization') ?? '') ?? [];
	return sameSecret(sentToken, token);
}
