import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import Provider from 'oidc-provider';
import { listenOnFreePort } from '../network/local-server.ts';

const CLIENT = { id: 'spatula', secret: 'a secret for tests, long enough to be one' };

/** Faults of the provider's server, for tests of failures. */
export interface Faults {
	/** Changes the claims of the next ID token, which is signed again with the provider's key. */
	claims?: (claims: JWTPayload) => JWTPayload;
	/** Signs the next ID token with a key that the provider does not publish. */
	foreignKey?: boolean;
	/** Response to requests whose path contains the key; `hang` never responds. */
	paths?: Record<string, number | 'hang'>;
}

/**
 * Starts a real identity provider on loopback. It signs in anybody who types a name into its form.
 * @param returnTo addresses to which it may send browsers back
 */
export async function startIdentityProvider(returnTo: string[], hostname = '127.0.0.1') {
	const { privateKey } = await generateKeyPair('RS256', { extractable: true });
	const foreign = await generateKeyPair('RS256');
	const key = { ...(await exportJWK(privateKey)), kid: 'test', alg: 'RS256', use: 'sig' };
	let faults: Faults = {};
	const server = createServer((request, response) => void handle(request, response));
	const issuer = `http://${hostname}:${await listenOnFreePort(server)}`;
	const provider: Provider = new Provider(issuer, {
		clients: [
			{
				client_id: CLIENT.id,
				client_secret: CLIENT.secret,
				redirect_uris: returnTo,
				grant_types: ['authorization_code'],
				response_types: ['code'],
				require_auth_time: true
			}
		],
		jwks: { keys: [key] },
		cookies: { keys: ['a key of cookies for tests'] },
		pkce: { required: () => true },
		findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
		// Skip the consent page.
		loadExistingGrant: async ({ oidc }) => {
			const grant = new provider.Grant({
				clientId: oidc.client?.clientId ?? '',
				accountId: oidc.session?.accountId ?? ''
			});
			grant.addOIDCScope('openid');
			await grant.save();
			return grant;
		}
	});
	const answer = provider.callback();

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [, fault] = Object.entries(faults.paths ?? {}).find(([path]) => request.url?.includes(path)) ?? [];
		if (fault === 'hang') return;
		if (fault) return void response.writeHead(fault, { 'content-type': 'text/plain' }).end('fault');
		if (request.url === '/token' && (faults.claims || faults.foreignKey)) return changeToken(request, response);
		await answer(request, response);
	}

	/** Lets the provider make the token on a second connection, and changes it. */
	async function changeToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { claims = (same: JWTPayload) => same, foreignKey } = faults;
		faults = {};
		const headers = {
			authorization: request.headers.authorization ?? '',
			'content-type': request.headers['content-type'] ?? ''
		};
		const made = await fetch(`${issuer}/token`, { method: 'POST', headers, body: await text(request) });
		const body = (await made.json()) as { id_token: string };
		const token = new SignJWT(claims(decodeJwt(body.id_token))).setProtectedHeader({ alg: 'RS256', kid: 'test' });
		body.id_token = await token.sign(foreignKey ? foreign.privateKey : privateKey);
		response.writeHead(made.status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	}

	return {
		issuer,
		settings: {
			OIDC_ISSUER: issuer,
			OIDC_CLIENT_ID: CLIENT.id,
			OIDC_CLIENT_SECRET: CLIENT.secret,
			OIDC_LABEL: 'Portal Contoh'
		},
		/** Replaces the faults. They end at the next call of `fail`, or once a token was changed. */
		fail: (next: Faults = {}) => (faults = next),
		close: () => {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(resolve));
		}
	};
}

/**
 * Simulates the browser of a person who signs in at the provider: keeps cookies, types a name into the form, and
 * follows the redirect to the site.
 */
export class ProviderBrowser {
	readonly #jar = new Map<string, string>();

	/** @returns the address of the site to which the provider sends the browser */
	async signIn(url: string, name: string): Promise<URL> {
		let at = await this.#request(url);
		for (let step = 0; step < 10 && at.location; step++) {
			if (!at.location.startsWith(new URL(url).origin)) return new URL(at.location);
			at = await this.#request(at.location);
			const form = /action="([^"]+)"/.exec(at.body)?.[1];
			if (form) at = await this.#request(form, { prompt: 'login', login: name, password: 'x' });
		}
		throw new Error(`the provider shows no form: ${at.body.slice(0, 500)}`);
	}

	async #request(url: string, fields?: Record<string, string>) {
		const response = await fetch(url, {
			redirect: 'manual',
			headers: { cookie: [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ') },
			...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {})
		});
		for (const cookie of response.headers.getSetCookie()) {
			const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
			if (value) this.#jar.set(name, value);
			else this.#jar.delete(name);
		}
		const location = response.headers.get('location');
		return { location: location && new URL(location, url).href, body: await response.text() };
	}
}
