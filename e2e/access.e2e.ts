import { CORE, expect, test } from './support/test.ts';
import { tokenOfEachScope } from '../scripts/chaos-bodies/api-targets.ts';
import { SCOPES, type Scope } from '../src/lib/cases/vocabulary.ts';
import { OPERATIONS, type Operation } from '../src/lib/server/web/api/operations.ts';
import { addressOf, ROUTES, PERSONS, type Person } from './support/access-table.ts';
import { tokenFor } from './support/cases.ts';
import { running, sessionOf } from './support/journey.ts';
import { isFullRun } from './support/pages.ts';
import { routesOf } from './support/routes.ts';
import { api, TEST_BOOTSTRAP } from './support/site.ts';
import { testRecords } from './support/test-records.ts';

const all = routesOf('src/routes');
const pages = all.filter(({ route }) => !route.startsWith('api'));

test('the access table contains exactly the routes of the site', { tag: CORE }, () => {
	expect(pages.map(({ route }) => route).sort()).toEqual(Object.keys(ROUTES).sort());
});

test('the table of operations contains exactly the API routes', { tag: CORE }, () => {
	const apiRoutes = all
		.filter(({ route }) => route.startsWith('api/v1/') && route !== 'api/v1/openapi.json')
		.flatMap(({ route, get, sends }) => [...(get ? [`get ${route}`] : []), ...sends.map(() => `post ${route}`)]);
	const described = Object.values(OPERATIONS).map(
		({ method, path }) => `${method} api/v1${path.replaceAll('{', '[').replaceAll('}', ']')}`
	);
	expect(apiRoutes.sort()).toEqual(described.sort());
});

const AREAS = ['desk', 'insight', 'admin', 'me'];
/** Routes that redirect people who may open them. */
const REDIRECTS = /^(me|login|logout|q\/\[code\]|lacak.*)$/;

/** Whether the response refuses access, by status or by redirecting to a public page. */
function isRefused(response: Response): boolean {
	const to = response.headers.get('location') ?? '';
	const sentAway = response.status === 303 && /^\/(login|lacak|terima)?(\?|$)/.test(to);
	return [403, 404, 410].includes(response.status) || sentAway;
}

/** An account of another office. `npm run test:all` tries every person of the table. */
const OF_CORE: Person[] = ['foreign'];

for (const person of Object.keys(PERSONS) as Person[]) {
	test(
		`${person}: opens and submits to permitted routes only`,
		{ tag: OF_CORE.includes(person) ? CORE : [] },
		async () => {
			const { origin } = running();
			const known = await testRecords();
			const username = PERSONS[person];
			for (const { route, get, sends } of pages) {
				const { may } = ROUTES[route] ?? { may: [] };
				// Pages that the person may open take most of the time.
				if (!isFullRun && may.includes(person)) continue;
				const path = addressOf(route, known);
				// A separate session for routes that end it.
				const cookie = username ? await sessionCached(username, route === 'logout' || route === 'me/security') : '';
				// Named actions take effect without input, so only people who may not use them try them.
				const sent = sends.filter((name) => name === '' || !may.includes(person));
				for (const suffix of [...(get ? [undefined] : []), ...sent]) {
					const method = suffix === undefined ? 'GET' : 'POST';
					const response = await fetch(`${origin}${path}${suffix ?? ''}`, {
						method,
						redirect: 'manual',
						headers: { cookie, origin, accept: 'text/html' },
						body: method === 'POST' ? new URLSearchParams() : undefined
					});
					// An event stream does not end.
					if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel();
					else await response.arrayBuffer();
					const label = `${person} ${method} ${path}${suffix ?? ''}: ${response.status} ${response.headers.get('location') ?? ''}`;
					expect.soft(response.status, label).toBeLessThan(500);
					if (may.includes(person)) {
						if (!REDIRECTS.test(route))
							expect.soft(isRefused(response) && !mayBeEmpty(route, response), label).toBe(false);
					} else {
						expect.soft(isRefused(response), label).toBe(true);
						if (!username && AREAS.includes(route.split('/')[0] ?? '')) {
							expect(response.headers.get('location'), label).toMatch(/^\/login/);
						}
					}
				}
			}
		}
	);
}

/**
 * Permitted routes that have nothing to show: no receipt to print, no portrait stored, no unit named for a new record,
 * no rule named to be moved. Categories' words may be read by every administrator and changed by those of the root.
 */
const EMPTY: [route: RegExp, status: number | undefined][] = [
	[/^desk\/new\/print$/, undefined],
	[/^terima$/, 303],
	[/^admin\/\w+\/new$|^admin\/officers\/\[id\]\/photo\/file$|^admin\/routing$/, 404],
	[/^admin\/routing\/words$/, 403]
];
const mayBeEmpty = (route: string, { status }: Response): boolean =>
	EMPTY.some(([pattern, expected]) => pattern.test(route) && (expected ?? status) === status);

const sessions = new Map<string, string>();
async function sessionCached(username: string, fresh: boolean): Promise<string> {
	if (fresh) return sessionOf(username);
	const cached = sessions.get(username) ?? (await sessionOf(username));
	sessions.set(username, cached);
	return cached;
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
		body: operation.method === 'post' ? (isFile ? new FormData() : '{}') : undefined
	});
	await response.arrayBuffer();
	return response.status;
}

test('every API call requires one of its scopes', async () => {
	const known = await testRecords();
	const tokens = await tokenOfEachScope(running().origin, TEST_BOOTSTRAP);
	for (const operation of Object.values<Operation>(OPERATIONS)) {
		expect(await call(operation, known, null), `stranger ${operation.path}`).toBe(401);
		expect(await call(operation, known, 'sptl_not-a-token'), `false token ${operation.path}`).toBe(401);
		for (const scope of SCOPES) {
			const status = await call(operation, known, tokens.get(scope) ?? '');
			const label = `${scope} ${operation.method} ${operation.path}: ${status}`;
			if (operation.scopes?.includes(scope)) expect([200, 201, 409, 422], label).toContain(status);
			else expect(status, label).toBe(403);
		}
	}
	expect((await fetch(`${running().origin}/api/v1/openapi.json`)).status).toBe(200);
});

test(
	'a token of another office or of the named officer finds no case, no forward and no timeline',
	{ tag: CORE },
	async () => {
		const known = await testRecords();
		const scopes: Scope[] = ['cases:read', 'cases:handle', 'escalations:read', 'escalations:write'];
		for (const [account, unit] of [
			['penangan.majene', 'majene'],
			['penangan2.mamuju', 'mamuju']
		] as const) {
			const token = await tokenFor(account, unit, scopes);
			const aboutOne = Object.values<Operation>(OPERATIONS).filter(({ path }) => path.includes('{'));
			for (const operation of aboutOne) {
				// An empty body is refused before the record is looked up, so only reading calls are tried.
				if (operation.method === 'post') continue;
				expect(await call(operation, known, token), `${account} ${operation.path}`).toBe(404);
			}
			const { body } = await api(running().origin, `/cases?q=${known.reference}`, { token });
			expect(body.items).toEqual([]);
		}
	}
);
