import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { SCOPES, type Scope } from '../src/lib/cases/vocabulary.ts';
import { OPERATIONS, type Operation } from '../src/lib/server/web/api/operations.ts';
import { ROUTES, PERSONS, type Person } from './support/access-table.ts';
import { running, sessionOf } from './support/journey.ts';
import { photoWithPosition } from './support/photo.ts';
import { api } from './support/site.ts';

interface Found {
	route: string;
	get: boolean;
	/** What can be sent: '' the page's own action or the endpoint, else named actions as `?/name`. */
	sends: string[];
}

function sendsOf(page: string, endpoint: string): string[] {
	if (/export const (POST|fallback)/.test(endpoint)) return [''];
	const actions = /export const actions = \{([\s\S]*?)\n\};|export const actions = \{(.*)\};/.exec(page);
	const names = [...(actions?.[1] ?? actions?.[2] ?? '').matchAll(/^\s?(\w+):/gm)].map(([, name = '']) => name);
	return names.map((name) => (name === 'default' ? '' : `?/${name}`));
}

/** The routes as the framework reads them: folders in brackets of the first kind are no part of the address. */
function routesOf(folder: string, route: string[] = []): Found[] {
	const entries = readdirSync(folder, { withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
	const read = (name: string) => (files.includes(name) ? readFileSync(join(folder, name), 'utf8') : '');
	const page = read('+page.server.ts');
	const endpoint = read('+server.ts');
	const isPage = files.includes('+page.svelte');
	const here =
		isPage || page || endpoint
			? [
					{
						route: route.join('/'),
						get: isPage || page !== '' || /export const (GET|fallback)/.test(endpoint),
						sends: sendsOf(page, endpoint)
					}
				]
			: [];
	const below = entries
		.filter((entry) => entry.isDirectory())
		.flatMap(({ name }) => routesOf(join(folder, name), /^\(.*\)$/.test(name) ? route : [...route, name]));
	return [...here, ...below];
}

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

async function tokenFor(account: string, unit: string, scopes: Scope[]): Promise<string> {
	const { status, body } = await api(running().origin, '/tokens', { body: { account, unit, scopes } });
	expect(status).toBe(201);
	return String(body.token);
}

/** A case of Mamuju that names the officer of `pengelola2.mamuju`, with a photo and a forward; and things of Majene. */
async function things(): Promise<Record<string, string>> {
	const { origin } = running();
	const { body: officers } = await api(origin, '/officers?unit=mamuju');
	const officer = (officers.items as { id: string; name: string }[]).find(({ name }) => name === 'Petugas Contoh 6');
	const { body: opened } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'complaint',
			body: 'Petugas di meja enam tidak ada di tempat selama jam layanan.',
			identity: 'none',
			officer: officer?.id,
			submission_id: randomUUID()
		}
	});
	const reference = String(opened.reference);
	const form = new FormData();
	form.set('file', new File([new Uint8Array(await photoWithPosition())], 'meja.jpg', { type: 'image/jpeg' }));
	const token = await tokenFor('kepala.sulbar', 'sulbar', ['cases:handle', 'cases:read', 'escalations:write']);
	const attached = await fetch(`${origin}/api/v1/cases/${reference}/attachments`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}` },
		body: form
	});
	const { attachments, version } = (await attached.json()) as { attachments: { id: string }[]; version: number };
	const verified = await api(origin, `/cases/${reference}/verification`, {
		token,
		body: { category: 'behaviour', class: 'plain', version }
	});
	const { status, body: forward } = await api(origin, `/cases/${reference}/escalations`, {
		token,
		body: { purpose: 'record', reason: 'Dicatat untuk uji hak akses.', version: verified.body.version }
	});
	expect(status).toBe(201);
	const inbound = await passedOn(reference);
	const { body: visit } = await api(origin, '/visits', { body: { unit: 'mamuju', channel: 'walk_in' } });
	const firstOf = async (what: string, kind?: string) => {
		const { body } = await api(origin, `/${what}?unit=majene`);
		const items = body.items as { id: string; kind?: string }[];
		return items.find((item) => kind === undefined || item.kind === kind)?.id ?? '';
	};
	const cookie = await sessionOf('admin.sulbar');
	const linked = async (path: string, pattern: RegExp) =>
		pattern.exec(await (await fetch(`${origin}${path}`, { headers: { cookie } })).text())?.[1] ?? '';
	await fetch(`${origin}/admin/routing/new?unit=7601`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ name: 'Aturan uji hak akses', assign: 'workload' })
	});
	return {
		reference,
		...(await answeredOne(officer?.id, token)),
		template: await templateOfMajene(cookie),
		file: attachments[0]?.id ?? '',
		escalation: String(forward.id),
		inbound,
		visit: String(visit.id),
		officer: await firstOf('officers'),
		ownOfficer: officer?.id ?? '',
		place: await firstOf('places'),
		desk: await firstOf('places', 'desk'),
		service: await firstOf('services'),
		routing: await linked('/admin/routing', /\/admin\/routing\/([0-9a-f-]{36})"[^>]*>Aturan uji hak akses/),
		rule: await linked('/admin/deadlines', /\/admin\/deadlines\/([^"?]+)"/),
		account: await linked('/admin/people?unit=majene', /\/admin\/people\/([0-9a-f-]{36})"[^>]*>[^<]*Majene/)
	};
}

/** A suggestion that names the same officer, answered: with its letter. */
async function answeredOne(officer: string | undefined, token: string): Promise<{ answered: string; letter: string }> {
	const { origin } = running();
	const { body: opened } = await api(origin, '/cases', {
		body: {
			unit: 'mamuju',
			kind: 'suggestion',
			body: 'Sebaiknya meja enam dijaga bergantian selama jam layanan.',
			identity: 'none',
			officer,
			submission_id: randomUUID()
		}
	});
	const path = `/cases/${String(opened.reference)}`;
	const { body: verified } = await api(origin, `${path}/verification`, {
		token,
		body: { category: 'behaviour', class: 'plain', version: 1 }
	});
	await api(origin, `${path}/answer`, {
		token,
		body: { body: 'Jadwal meja enam sudah diatur.', version: verified.version }
	});
	const { body: timeline } = await api(origin, `${path}/timeline`, { token });
	const entries = timeline.items as { type: string; data: { message?: string } }[];
	const letter = entries.find(({ type }) => type === 'answered')?.data.message ?? '';
	return { answered: String(opened.reference), letter };
}

/** A template of Majene, made by the province. */
async function templateOfMajene(cookie: string): Promise<string> {
	const { origin } = running();
	const page = async (path: string) => (await fetch(`${origin}${path}`, { headers: { cookie } })).text();
	const name = `Contoh Majene ${randomUUID().slice(0, 8)}`;
	const unitId = /value="([0-9a-f-]{36})"[^>]*>7601 /.exec(await page('/admin/templates/new'))?.[1] ?? '';
	await fetch(`${origin}/admin/templates/new`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie, origin },
		body: new URLSearchParams({
			unitId,
			name,
			use: 'answer',
			language: 'id',
			body: 'Terima kasih atas {nomor}.',
			active: 'on'
		})
	});
	return new RegExp(`/admin/templates/([0-9a-f-]{36})"[^>]*>${name}`).exec(await page('/admin/templates'))?.[1] ?? '';
}

/** A report that LAPOR passed back to the office with the number of that case. */
async function passedOn(reference: string): Promise<string> {
	const { origin } = running();
	const form = {
		unit: '7604',
		lapor_id: String(1_000_000 + Math.floor(Math.random() * 8_000_000)),
		received_on: new Date().toISOString().slice(0, 10),
		content: `Diteruskan kembali ke kantor: ${reference}`
	};
	const entered = await fetch(`${origin}/desk/inbound/new`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie: await sessionOf('pengelola.mamuju'), origin },
		body: new URLSearchParams(form)
	});
	return /\/desk\/inbound\/([0-9a-f-]{36})/.exec(entered.headers.get('location') ?? '')?.[1] ?? '';
}

const ROOMS = ['desk', 'insight', 'admin', 'me'];

/** How somebody without the right is turned away, if they were. */
function turnedAway(response: Response): boolean {
	const to = response.headers.get('location') ?? '';
	const sentAway = response.status === 303 && /^\/(login|lacak|terima)?(\?|$)/.test(to);
	return [403, 404, 410].includes(response.status) || sentAway;
}

for (const person of Object.keys(PERSONS) as Person[]) {
	test(`${person}: opens and sends to what is theirs, and to nothing else`, async () => {
		test.setTimeout(180_000);
		const { origin } = running();
		const known = await things();
		const username = PERSONS[person];
		for (const { route, get, sends } of pages) {
			const { may, at } = ROUTES[route] ?? { may: [] };
			const path = (at ?? `/${route}`).replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'missing');
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
					const toRoom =
						route === 'me' ||
						route === 'login' ||
						route === 'logout' ||
						route === 'q/[code]' ||
						route.startsWith('lacak');
					if (!toRoom) expect.soft(turnedAway(response) && !mayBeEmpty(route, response), what).toBe(false);
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
function mayBeEmpty(route: string, response: Response): boolean {
	return (
		(route === 'desk/new/cetak' && response.status < 500) ||
		(route === 'terima' && response.status === 303) ||
		(route.endsWith('/new') && response.status === 404) ||
		(route === 'admin/officers/[id]/photo' && response.status === 404) ||
		(route === 'admin/routing' && response.status === 404) ||
		(route === 'admin/routing/words' && response.status === 403)
	);
}

const sessions = new Map<string, string>();
async function sessionCached(username: string, fresh: boolean): Promise<string> {
	if (fresh) return sessionOf(username);
	const kept = sessions.get(username) ?? (await sessionOf(username));
	sessions.set(username, kept);
	return kept;
}

/** Which account can hold a scope: a token is never given more than its account's roles allow. */
const HOLDERS: Record<Scope, string> = {
	'ratings:write': 'kepala.sulbar',
	'visits:write': 'kepala.sulbar',
	'cases:write': 'kepala.sulbar',
	'cases:read': 'kepala.sulbar',
	'cases:handle': 'kepala.sulbar',
	'escalations:read': 'kepala.sulbar',
	'escalations:write': 'kepala.sulbar',
	'insight:read': 'pemantau.sulbar',
	'directory:read': 'kepala.sulbar',
	'tokens:write': 'admin.sulbar'
};

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
	test.setTimeout(120_000);
	const known = await things();
	const tokens = new Map<Scope, string>();
	for (const scope of SCOPES) tokens.set(scope, await tokenFor(HOLDERS[scope], 'sulbar', [scope]));
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
