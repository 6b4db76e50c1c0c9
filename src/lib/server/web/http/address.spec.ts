import { tmpdir } from 'node:os';
import type { RequestEvent } from '@sveltejs/kit';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { overrideEnv } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { clientAddress, isOperator, warnOfUndeclaredProxy } from './address.ts';
import { trackAddress } from './origin.ts';

beforeAll(() => testEnvironment(tmpdir()));

afterEach(() => overrideEnv({ TRUST_PROXY: 0, METRICS_TOKEN: undefined }));

const from = (address: string, headers: Record<string, string> = {}) =>
	({ getClientAddress: () => address, request: new Request('http://spatula.contoh/', { headers }) }) as RequestEvent;

test('warns once of an undeclared proxy, and only if requests show one', () => {
	const warnings = vi.spyOn(log(), 'warn').mockImplementation(() => {});
	const ask = (headers: Record<string, string> = {}) =>
		warnOfUndeclaredProxy({ request: new Request('http://spatula.contoh/', { headers }) });
	const proxied = { 'x-forwarded-for': '203.0.113.7' };
	ask();
	expect(warnings).not.toHaveBeenCalled();
	overrideEnv({ TRUST_PROXY: 1 });
	ask(proxied);
	expect(warnings).not.toHaveBeenCalled();
	overrideEnv({ TRUST_PROXY: 0 });
	ask(proxied);
	ask(proxied);
	expect(warnings).toHaveBeenCalledTimes(1);
	// The warning contains no client address.
	expect(JSON.stringify(warnings.mock.calls)).toContain('TRUST_PROXY');
	expect(JSON.stringify(warnings.mock.calls)).not.toContain('203.0.113.7');
});

test('without a proxy, only requests from this machine read metrics without the token', () => {
	expect(isOperator(from('127.0.0.1'))).toBe(true);
	expect(isOperator(from('203.0.113.9'))).toBe(false);
	expect(isOperator(from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }))).toBe(false);
});

test('behind a proxy no request counts as one from this machine', () => {
	for (const hops of [1, 2]) {
		overrideEnv({ TRUST_PROXY: hops, METRICS_TOKEN: undefined });
		expect(isOperator(from('127.0.0.1'))).toBe(false);
		for (const chain of ['203.0.113.9', '127.0.0.1', ''])
			expect(isOperator(from('127.0.0.1', { 'x-forwarded-for': chain }))).toBe(false);
		overrideEnv({ METRICS_TOKEN: 'kunci' });
		expect(isOperator(from('127.0.0.1', { authorization: 'Bearer kunci' }))).toBe(true);
	}
});

test('a chain that is shorter than the number of proxies gives its first address, not that of the proxy', () => {
	overrideEnv({ TRUST_PROXY: 2 });
	expect(clientAddress(from('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' }))).toBe('203.0.113.9');
	expect(clientAddress(from('127.0.0.1', { 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.0.0.2' }))).toBe(
		'203.0.113.9'
	);
	expect(clientAddress(from('127.0.0.1'))).toBe('127.0.0.1');
});

test.each([
	['203.0.113.9:51234', '203.0.113.9'],
	['[2001:db8::1]:443', '2001:db8::1'],
	['2001:db8::1', '2001:db8::1'],
	['::ffff:203.0.113.9', '::ffff:203.0.113.9'],
	['unknown', 'unknown']
])('the port that some proxies add to the address is left out: %s', (added, address) => {
	overrideEnv({ TRUST_PROXY: 1 });
	expect(clientAddress(from('127.0.0.1', { 'x-forwarded-for': added }))).toBe(address);
});

test('the address on a receipt opens in the language of the receipt, also on a device where none was chosen', () => {
	const receiptIn = (lang: string) =>
		trackAddress({ url: new URL('http://spatula.contoh/terima'), locals: { lang } } as RequestEvent);
	expect(receiptIn('id')).toMatch(/^[^?]+\/lacak$/);
	expect(receiptIn('en')).toMatch(/^[^?]+\/lacak\?lang=en$/);
});

test('a client that has left has an empty address', () => {
	expect(clientAddress(from(undefined as unknown as string))).toBe('');
});
