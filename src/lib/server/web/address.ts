import type { RequestEvent } from '@sveltejs/kit';
import { addressOf } from '../client-address.ts';
import { env } from '../env.ts';
import { log } from '../log.ts';

/** The client's address, hashed by the limiter and kept nowhere else. */
export const clientAddress = (event: RequestEvent): string =>
	addressOf(event.request.headers.get('x-forwarded-for') ?? undefined, event.getClientAddress(), env().TRUST_PROXY);

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
