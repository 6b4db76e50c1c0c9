import { expect, test, vi } from 'vitest';
import { overrideEnv } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';
import { warnOfUndeclaredProxy } from './address.ts';

// Required setting.
vi.stubEnv('APP_KEY', 'a key for tests, thirty-two characters or more');

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
