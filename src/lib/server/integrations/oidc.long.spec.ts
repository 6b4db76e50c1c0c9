import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testEnvironment } from '#lib/dev/testing/environment.ts';
import { startIdentityProvider } from '#lib/dev/testing/sign-in/identity-provider.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { redeemAtProvider, startAtProvider } from './oidc.ts';

test('a provider that does not respond keeps nobody waiting for more than a few seconds', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'spatula-oidc-'));
	onTestFinished(() => rmSync(directory, { recursive: true }));
	testEnvironment(directory);
	const back = 'http://localhost:4999/login/sso/kembali';
	const provider = await startIdentityProvider([back]);
	onTestFinished(async () => {
		await provider.close();
	});
	overrideEnv(provider.settings);
	const began = performance.now();
	provider.fail({ paths: { 'openid-configuration': 'hang' } });
	expect(await startAtProvider(back, false)).toBeUndefined();
	provider.fail({ paths: { '/token': 'hang' } });
	const started = await startAtProvider(back, false);
	const { checks = { state: '', nonce: '', verifier: '' } } = started ?? {};
	const query = new URLSearchParams({ code: 'x', state: checks.state, iss: provider.issuer });
	expect(await redeemAtProvider(new URL(`${back}?${query}`), checks)).toBe('away');
	expect(performance.now() - began).toBeLessThan(15_000);
}, 20_000);
