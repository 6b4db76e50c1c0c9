import type { RequestEvent } from '@sveltejs/kit';
import { isApiCall } from './gate.ts';

/**
 * A form posted by something that takes any answer is answered as a browser is: 303 on success, the page itself with
 * its status otherwise. Left to itself Kit would prefer a 200 with JSON of its own.
 */
export function answerAsPage(event: RequestEvent): void {
	const { request } = event;
	if (request.method !== 'POST' || isApiCall(event)) return;
	const accept = request.headers.get('accept') ?? '*/*';
	if (!accept.includes('application/json') && !accept.includes('text/html')) {
		request.headers.set('accept', 'text/html');
	}
}
