import { readFileSync } from 'node:fs';
import type { Cookies } from '@sveltejs/kit';
import { expect, test } from 'vitest';
import { prefixedCookies } from './prefixed-cookies.ts';

/** The cookies of a browser, with what the site set: `name=value; path; Secure`. */
function browser(protocol: string, sent: Record<string, string> = {}) {
	const set: string[] = [];
	const cookies = {
		get: (name: string) => sent[name],
		getAll: () => Object.entries(sent).map(([name, value]) => ({ name, value })),
		set: (name: string, value: string, { path, secure }: { path: string; secure: boolean }) =>
			set.push(`${name}=${value}; ${path}${secure ? '; Secure' : ''}`),
		delete: (name: string, { path, secure }: { path: string; secure: boolean }) =>
			set.push(`${name}=; ${path}${secure ? '; Secure' : ''}`)
	} as unknown as Cookies;
	return { cookies: prefixedCookies({ cookies, url: new URL(`${protocol}://spatula.contoh.go.id/`) }), set };
}

test('over https cookies have the prefix that keeps other hosts from setting them', () => {
	const { cookies, set } = browser('https');
	cookies.set('sesi', '1', { path: '/' });
	cookies.set('kode_masuk', '2', { path: '/login' });
	cookies.set('lang', 'en', { path: '/' });
	cookies.delete('lacak', { path: '/' });
	expect(set).toEqual([
		'__Host-sesi=1; /; Secure',
		'__Secure-kode_masuk=2; /login; Secure',
		'lang=en; /; Secure',
		'__Host-lacak=; /; Secure'
	]);
});

test('over https a cookie without the prefix, or with the weaker one, is not read', () => {
	const { cookies } = browser('https', { sesi: 'neighbour', '__Secure-sesi': 'neighbour', '__Host-lacak': '1' });
	expect(cookies.get('sesi')).toBeUndefined();
	expect(cookies.get('lacak')).toBe('1');
	// It still keeps the request from being answered with a shared page.
	expect(cookies.getAll().map(({ name }) => name)).toEqual(['sesi', '__Secure-sesi', 'lacak']);
});

test('over http names have no prefix and cookies need no TLS', () => {
	const { cookies, set } = browser('http', { sesi: '1', '__Host-lacak': '1' });
	cookies.set('sesi', '1', { path: '/' });
	expect(set).toEqual(['sesi=1; /']);
	expect(cookies.get('sesi')).toBe('1');
	expect(cookies.get('lacak')).toBeUndefined();
});

test('a cookie with another path than its prefix allows is refused', () => {
	const { cookies } = browser('https');
	expect(() => cookies.set('sesi', '1', { path: '/desk' })).toThrow('another path');
	expect(() => cookies.delete('roomy', { path: '/' })).toThrow('another path');
});

test('every request has its cookies by this', () => {
	const hooks = readFileSync('src/hooks.server.ts', 'utf8');
	expect(hooks).toContain('event.cookies = prefixedCookies(event);');
	// The first only looks at the address.
	expect(hooks).toMatch(/sequence\(\s*decodable,\s*cookies,/);
});
