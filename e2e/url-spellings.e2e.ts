import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { CORE, expect, test } from './support/test.ts';
import { PERSONS, ROUTES, type Person } from './support/access-table.ts';
import { running, sessionOf } from './support/journey.ts';
import { isFullRun } from './support/pages.ts';

// In parallel, because each test sends many requests.
test.describe.configure({ mode: 'parallel' });

const agent = new Agent({ keepAlive: true });

/** Requests a path exactly as written. `fetch` would normalise it. */
function ask(path: string, headers: Record<string, string>, method = 'GET') {
	const { hostname, port } = new URL(running().origin);
	return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((done, failed) => {
		const outgoing = request({ hostname, port, path, method, agent, headers }, (response) => {
			const { statusCode: status = 0, headers } = response;
			if (headers['content-type'] === 'text/event-stream') {
				response.destroy();
				return done({ status, headers, body: '' });
			}
			let body = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => (body += chunk));
			response.on('end', () => done({ status, headers, body }));
			response.on('error', failed);
		});
		outgoing.on('error', failed);
		outgoing.end();
	});
}

/** Percent-encodes the first character of each segment. */
const encoded = (text: string) => `%${text.charCodeAt(0).toString(16)}`;
const eachSegment = (path: string, spell: (segment: string) => string) =>
	path.replace(/[^/]+/g, (segment) => (segment.includes('%') ? segment : spell(segment)));

/**
 * Other spellings of an address's path, which a guard that compares paths would take for another address. The query
 * stays unchanged.
 */
function spellingsOf(address: string): string[] {
	const [path = '', query] = address.split('?');
	const rest = path.replace(/^\/[^/]*/, '');
	const spelled = [
		eachSegment(path, (segment) => encoded(segment) + segment.slice(1)),
		eachSegment(path, (segment) => [...segment].map(encoded).join('')),
		eachSegment(path, (segment) => encoded(segment).toUpperCase() + segment.slice(1)),
		eachSegment(path, (segment) => `%25${encoded(segment).slice(1)}${segment.slice(1)}`),
		path.replaceAll('/', '//'),
		`/${path}`,
		`/.${path}`,
		`/%2e${path}`,
		`/privasi/..${path}`,
		`/privasi/%2e%2e${path}`,
		path.replaceAll('/', '%2f').replace('%2f', '/'),
		path.replaceAll('/', '\\').replace('\\', '/'),
		path.toUpperCase(),
		`${path}/`,
		`${path}.`,
		`${path}%20`,
		eachSegment(path, (segment) => `${segment};v=1`),
		path.replace(rest, '') + `;jsessionid=1${rest}`,
		`${path};v=1`
	];
	return [...new Set(spelled)]
		.filter((one) => one !== path)
		.map((one) => (query === undefined ? one : `${one}?${query}`));
}

/** The path to which a response redirects, without its query. */
const leadsTo = ({ location = '' }: IncomingHttpHeaders) => location.split('?')[0];

const NOT_FOUND = [400, 404];
const NORMALISED = 308;

/** Addresses of records that don't exist, because access is decided by the route. */
const plainAddress = (route: string) =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');

/**
 * The guard checks the matched route, so in a normal run each address is tried in a ninth of the spellings, and each
 * spelling with a ninth of the addresses.
 */
const SHARE = 9;

/** The guard checks the matched route for everybody. The administrator is tried in the long run only. */
const TESTED_PERSONS: Person[] = isFullRun ? ['stranger', 'officer', 'admin'] : ['stranger', 'officer'];

for (const person of TESTED_PERSONS) {
	test(`${person}: another spelling of an address gives no more access than the address itself`, async () => {
		const username = PERSONS[person];
		const headers = { accept: 'text/html', ...(username ? { cookie: await sessionOf(username) } : {}) };
		let tried = 0;
		const faults: string[] = [];
		for (const [n, route] of Object.keys(ROUTES).entries()) {
			const address = plainAddress(route);
			const plain = await ask(address, headers);
			for (const spelled of spellingsOf(address).filter((_, spelling) => isFullRun || (n + spelling) % SHARE === 0)) {
				const response = await ask(spelled, headers);
				tried += 1;
				const same = response.status === plain.status && leadsTo(response.headers) === leadsTo(plain.headers);
				const ledThere = leadsTo(response.headers) === address.split('?')[0];
				if (!same && !ledThere && ![...NOT_FOUND, NORMALISED].includes(response.status)) {
					faults.push(
						`${spelled}: ${response.status} ${leadsTo(response.headers)} for ${plain.status} ${leadsTo(plain.headers)}`
					);
				}
			}
		}
		expect(tried).toBeGreaterThan(isFullRun ? 1000 : 150);
		expect(faults).toEqual([]);
	});
}

test(
	'cookies give no access to the API and forms from other origins are refused with any spelling of the address',
	{ tag: CORE },
	async () => {
		const cookie = await sessionOf('penyelia.sulbar');
		for (const path of ['/api/v1/cases', '/api/v1/escalations', '/api/v1/officers?unit=mamuju']) {
			expect((await ask(path, { cookie })).status, path).toBe(401);
			for (const spelled of spellingsOf(path)) {
				const { status, headers } = await ask(spelled, { cookie });
				expect([401, ...NOT_FOUND, NORMALISED], `${spelled} ${status}`).toContain(status);
				if (status === 401) expect(headers['content-type']).toBe('application/problem+json');
			}
		}
		const foreign = { cookie, origin: 'https://elsewhere.example' };
		for (const path of ['/logout', '/me?/everywhere', '/mamuju/saran']) {
			expect((await ask(path, foreign, 'POST')).status, path).toBe(403);
			for (const spelled of spellingsOf(path)) {
				const { status } = await ask(spelled, foreign, 'POST');
				expect([403, ...NOT_FOUND, NORMALISED], `${spelled} ${status}`).toContain(status);
			}
		}
	}
);

test('the code of an office leads to its page in any spelling', { tag: CORE }, async () => {
	expect((await ask('/%37604/saran', {})).headers.location).toBe('/mamuju/saran');
});
