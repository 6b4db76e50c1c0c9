import { expect, test } from 'vitest';
import { isNavigation } from './navigation.ts';

const asked = (headers: Record<string, string>, method = 'GET') =>
	isNavigation({ request: new Request('https://example.go.id/nilai/x', { method, headers }) });

test('a visit to a page is a navigation; a sent form, a link preview and a prefetched page are none', () => {
	expect(asked({ 'sec-fetch-mode': 'navigate' })).toBe(true);
	expect(asked({ 'sec-fetch-mode': 'navigate' }, 'POST')).toBe(false);
	expect(asked({ 'sec-fetch-mode': 'cors' })).toBe(false);
	expect(asked({ 'user-agent': 'WhatsApp/2.23', accept: 'text/html' })).toBe(false);
	expect(asked({ 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch;prerender' })).toBe(false);
	expect(asked({ 'sec-fetch-mode': 'navigate', purpose: 'prefetch' })).toBe(false);
});
