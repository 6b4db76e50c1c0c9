import type { RequestEvent } from '@sveltejs/kit';
import { env } from '../env.ts';

/**
 * The client's address: the socket's, or behind TRUST_PROXY proxies the entry that the outermost trusted one added.
 * It is hashed by the limiter and goes nowhere else.
 */
export function clientAddress(event: RequestEvent): string {
	const hops = env().TRUST_PROXY;
	if (hops > 0) {
		const chain = (event.request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
		const address = chain.at(-hops);
		if (address) return address;
	}
	return event.getClientAddress();
}
