import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from './support/test.ts';
import { PERSONS, ROUTES, type Person } from './support/access-table.ts';
import { running, sessionOf } from './support/journey.ts';
import { everywhere } from './support/pages.ts';

// Thousands of requests each, which no other test of the file waits for.
test.describe.configure({ mode: 'parallel' });

const agent = new Agent({ keepAlive: true });

/** Asks for a path as it is written: `fetch` would tidy it up first. */
function ask(path: string, headers: Record<string, string>, method = 'GET') {
	const { hostname, port } = new URL(running().origin);
	return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((done, failed) => {
		const asked = request({ hostname, port, path, method, agent, headers }, (answer) => {
			const { statusCode: status = 0, headers } = answer;
			if (headers['content-type'] === 'text/event-stream') {
				answer.destroy();
				return done({ status, headers, body: '' });
			}
			let body = '';
			answer.setEncoding('utf8');
			answer.on('data', (chunk: string) => (body += chunk));
			answer.on('end', () => done({ status, headers, body }));
			answer.on('error', failed);
		});
		asked.on('error', failed);
		asked.end();
	});
}

/** One sign of a path percent-encoded, of each segment its first; and all of them. */
const encoded = (text: string) => `%${text.charCodeAt(0).toString(16)}`;
const eachSegment = (path: string, spell: (segment: string) => string) =>
	path.replace(/[^/]+/g, (segment) => (segment.includes('%') ? segment : spell(segment)));

/**
 * Other ways to write the path of an address, which a guard that compares paths takes for another address. The query
 * stays as it is.
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

/** Where an answer leads, without the address that was asked for. */
const leadsTo = ({ location = '' }: IncomingHttpHeaders) => location.split('?')[0];

const NOTHING_THERE = [400, 404];
const TIDIED_UP = 308;

/** Nothing stands under these: the routes decide, not the things. */
const plainAddress = (route: string) =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');

/** The gate asks the matched route whoever it is; an administrator is tried where there is time. */
const TRIED: Person[] = everywhere ? ['stranger', 'officer', 'admin'] : ['stranger', 'officer'];

for (const person of TRIED) {
	test(`${person}: another spelling of an address opens no more than the address itself`, async () => {
		const username = PERSONS[person];
		const headers = { accept: 'text/html', ...(username ? { cookie: await sessionOf(username) } : {}) };
		let tried = 0;
		const wrong: string[] = [];
		for (const route of Object.keys(ROUTES)) {
			const address = plainAddress(route);
			const plain = await ask(address, headers);
			for (const spelled of spellingsOf(address)) {
				const answer = await ask(spelled, headers);
				tried += 1;
				const same = answer.status === plain.status && leadsTo(answer.headers) === leadsTo(plain.headers);
				if (!same && ![...NOTHING_THERE, TIDIED_UP].includes(answer.status)) {
					wrong.push(
						`${spelled}: ${answer.status} ${leadsTo(answer.headers)} for ${plain.status} ${leadsTo(plain.headers)}`
					);
				}
			}
		}
		expect(tried).toBeGreaterThan(1000);
		expect(wrong).toEqual([]);
	});
}

test('cookies open nothing of the API, and a form from elsewhere is refused, however the address is written', async () => {
	const cookie = await sessionOf('kepala.sulbar');
	for (const path of ['/api/v1/cases', '/api/v1/escalations', '/api/v1/officers?unit=mamuju']) {
		for (const spelled of spellingsOf(path)) {
			const { status, headers } = await ask(spelled, { cookie });
			expect([401, ...NOTHING_THERE, TIDIED_UP], `${spelled} ${status}`).toContain(status);
			if (status === 401) expect(headers['content-type']).toBe('application/problem+json');
		}
	}
	for (const path of ['/logout', '/me?/everywhere']) {
		for (const spelled of spellingsOf(path)) {
			const { status } = await ask(spelled, { cookie, origin: 'https://elsewhere.example' }, 'POST');
			expect([403, ...NOTHING_THERE, TIDIED_UP], `${spelled} ${status}`).toContain(status);
		}
	}
});

test('the code of an office leads to its page, however it is written', async () => {
	expect((await ask('/%37604/saran', {})).headers.location).toBe('/mamuju/saran');
});
