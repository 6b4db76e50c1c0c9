import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { expect, test } from './support/test.ts';
import { PERSONS, ROUTES, type Person } from './support/access-table.ts';
import { running, sessionOf } from './support/journey.ts';
import { spellingsOf } from './support/spellings.ts';

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

/** Where an answer leads, without the address that was asked for. */
const leadsTo = ({ location = '' }: IncomingHttpHeaders) => location.split('?')[0];

const NOTHING_THERE = [400, 404];
const TIDIED_UP = 308;

/** Nothing stands under these: the routes decide, not the things. */
const addressOf = (route: string) =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');

/** The gate asks the matched route whoever it is; an administrator is tried where there is time. */
const TRIED: Person[] = process.env.TEST_ALL ? ['stranger', 'officer', 'admin'] : ['stranger', 'officer'];

for (const person of TRIED) {
	test(`${person}: another spelling of an address opens no more than the address itself`, async () => {
		test.setTimeout(900_000);
		const username = PERSONS[person];
		const headers = { accept: 'text/html', ...(username ? { cookie: await sessionOf(username) } : {}) };
		let tried = 0;
		const wrong: string[] = [];
		for (const route of Object.keys(ROUTES)) {
			const address = addressOf(route);
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
