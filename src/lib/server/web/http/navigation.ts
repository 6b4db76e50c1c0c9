import type { RequestEvent } from '@sveltejs/kit';

/**
 * Whether a browser declares a visit to the page (`Sec-Fetch-Mode: navigate`). Sent forms, link previews of messengers and
 * prefetched pages are no visits.
 */
export const isNavigation = ({ request: { method, headers } }: Pick<RequestEvent, 'request'>): boolean =>
	method === 'GET' &&
	headers.get('sec-fetch-mode') === 'navigate' &&
	!headers.has('sec-purpose') &&
	!headers.has('purpose');
