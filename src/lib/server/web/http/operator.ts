import type { RequestEvent } from '@sveltejs/kit';
import { env } from '#lib/server/env.ts';
import { sameSecret } from '#lib/server/keys.ts';
import { clientAddress } from './address.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** Whether the details of health and metrics may be shown: with the token if one is set, else on loopback only. */
export function isOperator(event: RequestEvent): boolean {
	const token = env().METRICS_TOKEN;
	if (!token) {
		// Behind a proxy without TRUST_PROXY, all requests seem to come from this machine.
		const proxied = env().TRUST_PROXY === 0 && event.request.headers.has('x-forwarded-for');
		return !proxied && LOOPBACK.test(clientAddress(event));
	}
	const [, given = ''] = /^Bearer (\S+)$/i.exec(event.request.headers.get('authorization') ?? '') ?? [];
	return sameSecret(given, token);
}
