import * as oidc from 'openid-client';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { env } from '#lib/server/env.ts';
import { log } from '#lib/server/log.ts';

/** Seconds for each request to the provider. A person waits for it. */
const TIMEOUT = 5;

/** What the site must remember until the browser comes back from the provider. */
export interface ProviderChecks {
	state: string;
	nonce: string;
	verifier: string;
}

/** A person as the provider names them. `issuer` and `subject` together never change and are given to nobody else. */
export interface Identity {
	issuer: string;
	subject: string;
	/** When the person typed their password at the provider; null if the provider does not tell. */
	authenticatedAt: Date | null;
}

/** Name of the identity provider on screens; undefined if the site has none. */
export const providerName = (): string | undefined => (env().OIDC_ISSUER ? env().OIDC_LABEL : undefined);

let known: { issuer: string; until: number; configuration: Promise<oidc.Configuration> } | undefined;

/** The provider's addresses and keys, read at the first sign-in and again each day. A failure is not remembered. */
function configuration(): Promise<oidc.Configuration> {
	const { OIDC_ISSUER: issuer = '', OIDC_CLIENT_ID: id = '', OIDC_CLIENT_SECRET: secret } = env();
	if (known?.issuer === issuer && known.until > now().getTime()) return known.configuration;
	// The signature of tokens is checked even though they come directly from the provider.
	const execute = [oidc.enableNonRepudiationChecks];
	// Settings allow http only on this machine.
	if (issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests);
	const found = oidc.discovery(new URL(issuer), id, secret, undefined, { execute, timeout: TIMEOUT });
	known = { issuer, until: now().getTime() + DAY_MS, configuration: found };
	found.catch(() => (known = undefined));
	return found;
}

/**
 * Prepares a sign-in at the provider: authorization code with PKCE, state and nonce.
 * @param fresh whether the person must type their password again even if the provider knows the browser
 * @returns the provider's page; undefined if the provider does not answer
 */
export async function startAtProvider(
	returnTo: string,
	fresh: boolean
): Promise<{ url: string; checks: ProviderChecks } | undefined> {
	const checks = {
		state: oidc.randomState(),
		nonce: oidc.randomNonce(),
		verifier: oidc.randomPKCECodeVerifier()
	};
	try {
		const url = oidc.buildAuthorizationUrl(await configuration(), {
			redirect_uri: returnTo,
			scope: 'openid',
			state: checks.state,
			nonce: checks.nonce,
			code_challenge: await oidc.calculatePKCECodeChallenge(checks.verifier),
			code_challenge_method: 'S256',
			...(fresh ? { prompt: 'login', max_age: '0' } : {})
		});
		return { url: url.href, checks };
	} catch (error) {
		log().warn({ reason: String(error) }, 'the identity provider does not answer');
		return undefined;
	}
}

/** Why no identity came back: the provider does not answer, refused, or its response does not match the request. */
export type ProviderFailure = 'away' | 'refused' | 'invalid';

/**
 * Redeems the response with which the provider sent the browser back. Checks state, issuer, signature, audience, nonce
 * and times.
 * @param returned address at which the browser came back
 */
export async function redeemAtProvider(returned: URL, checks: ProviderChecks): Promise<Identity | ProviderFailure> {
	try {
		const tokens = await oidc.authorizationCodeGrant(await configuration(), returned, {
			expectedState: checks.state,
			expectedNonce: checks.nonce,
			pkceCodeVerifier: checks.verifier
		});
		const claims = tokens.claims();
		if (!claims) return 'invalid';
		const { iss: issuer, sub: subject, auth_time: time } = claims;
		return { issuer, subject, authenticatedAt: time === undefined ? null : new Date(time * 1000) };
	} catch (error) {
		// Without its cause, which names the person.
		log().warn({ reason: String(error) }, 'a sign-in by the identity provider failed');
		return failureOf(error);
	}
}

function failureOf(error: unknown): ProviderFailure {
	if (error instanceof oidc.AuthorizationResponseError) return 'refused';
	const code = error instanceof oidc.ClientError ? error.code : undefined;
	// `fetch` throws a TypeError without connection, and the library one for a response that is none of OpenID Connect.
	const unreachable = error instanceof TypeError && error.message === 'fetch failed';
	return unreachable || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM' ? 'away' : 'invalid';
}
