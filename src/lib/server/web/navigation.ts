import type { RequestEvent } from '@sveltejs/kit';

/**
 * Whether a reader's browser goes to this page, as it says itself (`Sec-Fetch-Mode`): no form sent from it, and no messenger
 * that fetches a preview of the link on its way. What a browser fetches ahead nobody has seen.
 */
export const isNavigation = ({ request: { method, headers } }: Pick<RequestEvent, 'request'>): boolean =>
	method === 'GET' &&
	headers.get('sec-fetch-mode') === 'navigate' &&
	!headers.has('sec-purpose') &&
	!headers.has('purpose');
