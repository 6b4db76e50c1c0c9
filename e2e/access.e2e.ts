import { expect, test } from './support/test.ts';
import { tokenOfEachScope } from '../scripts/chaos-bodies/api-targets.ts';
import { SCOPES, type Scope } from '../src/lib/cases/vocabulary.ts';
import { OPERATIONS, type Operation } from '../src/lib/server/web/api/operations.ts';
import { addressOf, ROUTES, PERSONS, type Person } from './support/access-table.ts';
import { tokenFor } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import { routesOf } from './support/routes.ts';
import { api, TEST_BOOTSTRAP } from './support/site.ts';
import { things } from './support/things.ts';

const all = routesOf('src/routes');
const pages = all.filter(({ route }) => !route.startsWith('api'));

test('every route of the site stands in the table, and nothing else does', () => {
	expect(pages.map(({ route }) => route).sort()).toEqual(Object.keys(ROUTES).sort());
});

test('every call of the API stands in its table, and nothing else does', () => {
	const made = all
		.filter(({ route }) => route.startsWith('api/v1/') && route !== 'api/v1/openapi.json')
		.flatMap(({ route, get, sends }) => [...(get ? [`get ${route}`] : []), ...sends.map(() => `post ${route}`)]);
	const described = Object.values(OPERATIONS).map(
		({ method, path }) => `${method} api/v1${path.replaceAll('{', '[').replaceAll('}', ']')}`
	);
	expect(made.sort()).toEqual(described.sort());
});

const ROOMS = ['desk', 'insight', 'admin', 'me'];
/** Routes that lead somewhere else those who may open them. */
const LEADS_ON = /^(me|login|logout|q\/\[code\]|lacak.*)$/;

/** How somebody without the right is turned away, if they were. */
function turnedAway(response: Response): boolean {
	const to = response.headers.get('location') ?? '';
	const sentAway = response.status === 303 && /^\/(login|lacak|terima)?(\?|$)/.test(to);
	return [403, 404, 410].includes(response.status) || sentAway;
}

for (const person of Object.keys(PERSONS) as Person[]) {
	test(`${person}: opens and sends to what is theirs, and to nothing else`, async () => {
		const { origin } = running();
		const known = await things();
		const username = PERSONS[person];
		for (const { route, get, sends } of pages) {
			const { may } = ROUTES[route] ?? { may: [] };
			const path = addressOf(route, known);
			// A session of its own where signing out is what is sent.
			const cookie = username ? await sessionCached(username, route === 'logout' || route === 'me') : '';
			// Named actions need no input to take effect: tried only by those who must not.
			const sent = sends.filter((name) => name === '' || !may.includes(person));
			for (const suffix of [...(get ? [undefined] : []), ...sent]) {
				const method = suffix === undefined ? 'GET' : 'POST';
				const response = await fetch(`${origin}${path}${suffix ?? ''}`, {
					method,
					redirect: 'manual',
					headers: { cookie, origin, accept: 'text/html' },
					...(method === 'POST' ? { body: new URLSearchParams() } : {})
				});
				// A line that stands open has no end to wait for.
				if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel();
				else await response.arrayBuffer();
				const what = `${person} ${method} ${path}${suffix ?? ''}: ${response.status} ${response.headers.get('location') ?? ''}`;
				expect.soft(response.status, what).toBeLessThan(500);
				if (may.includes(person)) {
					if (!LEADS_ON.test(route))
						expect.soft(turnedAway(response) && !mayBeEmpty(route, response), what).toBe(false);
				} else {
					expect.soft(turnedAway(response), what).toBe(true);
					if (!username && ROOMS.includes(route.split('/')[0] ?? '')) {
						expect(response.headers.get('location'), what).toMatch(/^\/login/);
					}
				}
			}
		}
	});
}

/**
 * Allowed, and still nothing there: no receipt to print any more, no portrait kept, no unit named for a new thing, no
 * rule named to be moved. Words of categories are every administrator's to read and the root's to change.
 */
const EMPTY: [route: RegExp, status: number | undefined][] = [
	[/^desk\/new\/cetak$/, undefined],
	[/^terima$/, 303],
	[/\/new$|^admin\/officers\/\[id\]\/photo$|^admin\/routing$/, 404],
	[/^admin\/routing\/words$/, 403]
];
const mayBeEmpty = (route: string, { status }: Response): boolean =>
	EMPTY.some(([pattern, expected]) => pattern.test(route) && (expected ?? status) === status);

const sessions = new Map<string, string>();
async function sessionCached(username: string, fresh: boolean): Promise<string> {
	if (fresh) return sessionOf(username);
	const kept = sessions.get(username) ?? (await sessionOf(username));
	sessions.set(username, kept);
	return kept;
}

async function call(operation: Operation, known: Record<string, string>, token: string | null): Promise<number> {
	const id = (operation.path.startsWith('/attachments') ? known.file : known.escalation) ?? '';
	const path = operation.path.replace('{reference}', known.reference ?? '').replace('{id}', id);
	const query = operation.path === '/leaderboard' ? '?unit=mamuju' : '';
	const isFile = operation.body === 'file';
	const response = await fetch(`${running().origin}/api/v1${path}${query}`, {
		method: operation.method.toUpperCase(),
		headers: {
			...(token ? { authorization: `Bearer ${token}` } : {}),
			...(operation.method === 'post' && !isFile ? { 'content-type': 'application/json' } : {})
		},
		...(operation.method === 'post' ? { body: isFile ? new FormData() : '{}' } : {})
	});
	await response.arrayBuffer();
	return response.status;
}

test('every call of the API opens to its scopes alone', async () => {
	const known = await things();
	const tokens = await tokenOfEachScope(running().origin, TEST_BOOTSTRAP);
	for (const operation of Object.values<Operation>(OPERATIONS)) {
		expect(await call(operation, known, null), `stranger ${operation.path}`).toBe(401);
		expect(await call(operation, known, 'sptl_not-a-token'), `false token ${operation.path}`).toBe(401);
		for (const scope of SCOPES) {
			const status = await call(operation, known, tokens.get(scope) ?? '');
			const what = `${scope} ${operation.method} ${operation.path}: ${status}`;
			if (operation.scopes?.includes(scope)) expect([200, 201, 409, 422], what).toContain(status);
			else expect(status, what).toBe(403);
		}
	}
	expect((await fetch(`${running().origin}/api/v1/openapi.json`)).status).toBe(200);
});

test('a token of another office or of the named officer finds no case, no forward and no timeline', async () => {
	const known = await things();
	const scopes: Scope[] = ['cases:read', 'cases:handle', 'escalations:read', 'escalations:write'];
	for (const [account, unit] of [
		['pengelola.majene', 'majene'],
		['pengelola2.mamuju', 'mamuju']
	] as const) {
		const token = await tokenFor(account, unit, scopes);
		const aboutOne = Object.values<Operation>(OPERATIONS).filter(({ path }) => path.includes('{'));
		for (const operation of aboutOne) {
			// An empty body is refused before anything is looked up; reading calls have none.
			if (operation.method === 'post') continue;
			expect(await call(operation, known, token), `${account} ${operation.path}`).toBe(404);
		}
		const { body } = await api(running().origin, `/cases?q=${known.reference}`, { token });
		expect(body.items).toEqual([]);
	}
});

test('cookies open nothing of the API, and a form from elsewhere is refused', async () => {
	const { origin } = running();
	const cookie = await sessionOf('kepala.sulbar');
	expect((await fetch(`${origin}/api/v1/cases`, { headers: { cookie } })).status).toBe(401);
	const foreign = await fetch(`${origin}/mamuju/saran`, {
		method: 'POST',
		headers: { origin: 'https://elsewhere.example' },
		body: new URLSearchParams({ body: 'x' })
	});
	expect(foreign.status).toBe(403);
});
