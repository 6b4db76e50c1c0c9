import type { RequestEvent } from '@sveltejs/kit';
import { env } from '../env.ts';
import { log } from '../log.ts';

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

let warned = false;

/**
 * Says once in the log that a proxy names clients which nobody believes: all of them would share one budget. A site with no
 * proxy before it hears nothing, and one whose clients make the header up hears it once.
 */
export function warnOfUndeclaredProxy({ request }: Pick<RequestEvent, 'request'>): void {
	if (warned || env().TRUST_PROXY > 0 || !request.headers.has('x-forwarded-for')) return;
	warned = true;
	log().warn('requests carry X-Forwarded-For but TRUST_PROXY is 0: behind a proxy every client shares one budget');
}
