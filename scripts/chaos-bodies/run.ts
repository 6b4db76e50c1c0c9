import { randomUUID } from 'node:crypto';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import {
	hostileForm,
	hostileJson,
	hostileText,
	OVERSIZED_BODIES,
	type HostileBody
} from '#lib/dev/testing/hostile-bodies.ts';
import type { DemoSite } from '../demo-site.ts';
import { cookiesOf, signIn, submit } from '../site/client.ts';
import { apiDoors, type OpenDoor } from './api-doors.ts';
import { crawl, type Door } from './crawl.ts';

interface Options {
	/** Random requests, spread evenly over all forms, calls and pages. */
	bodies: number;
	seed: number;
	/** Longest time of an answer. A slower one is asked for again, because the machine may have been busy; 0: no limit. */
	mostMs: number;
}

/** Accounts that crawl the site, and the pages they begin with. Together they may open everything. */
const PEOPLE: Record<string, string[]> = {
	'kepala.sulbar': ['/desk', '/insight/rekap', '/admin/templates', '/me'],
	'pengelola.mamuju': ['/desk', '/desk/roster', '/desk/exports', '/desk/unrecorded'],
	'pemantau.sulbar': ['/insight', '/insight/review', '/insight/units'],
	'admin.sulbar': ['/admin', '/admin/health', '/admin/routing/try'],
	'petugas1.mamuju': ['/me']
};
const CITIZEN_PAGES = ['/', '/mamuju', '/mamuju/skm', '/lacak', '/login', '/privasi'];
const TRIES = 5;

type Attacked = Pick<DemoSite, 'origin' | 'accounts' | 'reports'>;

async function doorsOf(site: Attacked, bootstrap: string): Promise<OpenDoor[]> {
	const { origin, accounts, reports } = site;
	const doors = new Map<string, OpenDoor>();
	const add = (found: Door[], cookie: string) => {
		for (const door of found)
			if (!doors.has(door.name)) doors.set(door.name, { ...door, headers: { cookie, origin }, json: false });
	};
	add(await crawl(origin, '', CITIZEN_PAGES), '');
	const opened = await submit(origin, '/lacak', { receipt: reports[0]?.receipt ?? '' });
	const report = cookiesOf(opened);
	add(await crawl(origin, report, ['/lacak/laporan']), report);
	for (const { username, password } of accounts) {
		const starts = PEOPLE[username];
		if (!starts) continue;
		const cookie = await signIn(origin, username, password);
		add(await crawl(origin, cookie, starts), cookie);
	}
	for (const door of await apiDoors(origin, bootstrap, reports[0]?.reference ?? '')) doors.set(door.name, door);
	return [...doors.values()];
}

const isCall = ({ path }: Door) => path.startsWith('/api/');

/** Sends hostile bodies and queries to every form, call and page of a demo whose bootstrap token is `bootstrap`. */
export async function attackSite(
	site: Attacked,
	bootstrap: string,
	{ bodies, seed, mostMs }: Options,
	signal: AbortSignal
) {
	const { origin } = site;
	const doors = await doorsOf(site, bootstrap);
	const random = seeded(seed);
	const count = (test: (door: OpenDoor) => boolean) => doors.filter(test).length;
	const result = {
		forms: count((door) => door.method === 'POST' && !isCall(door)),
		calls: count(isCall),
		pages: count((door) => door.method === 'GET' && !isCall(door)),
		sent: 0,
		byStatus: new Map<number, number>(),
		/** Answers of 500 and above, lost connections, and oversized bodies that were not refused with 413. */
		failures: [] as string[],
		/** Answers above `mostMs` in each of several tries. */
		slow: [] as string[],
		slowestMs: 0
	};
	const send = async (door: OpenDoor, hostile: HostileBody | undefined, what: string, expected?: number) => {
		let fastest = Infinity;
		// A busy machine does not slow the same request each time.
		for (let tried = 0; tried < TRIES && (tried === 0 || fastest > mostMs); tried++) {
			const { status, ms } = await ask(origin, door, hostile);
			fastest = Math.min(fastest, ms);
			result.sent += 1;
			result.byStatus.set(status, (result.byStatus.get(status) ?? 0) + 1);
			const wrong = status === 0 || status >= 500 || (expected !== undefined && status !== expected);
			if (wrong) result.failures.push(`${status} ${door.name}: ${what}`);
			if (wrong || mostMs === 0) break;
		}
		result.slowestMs = Math.max(result.slowestMs, fastest);
		if (mostMs > 0 && fastest > mostMs) result.slow.push(`${fastest.toFixed(0)} ms ${door.name}: ${what}`);
	};
	const citizen = doors.find(({ name }) => name === 'POST /mamuju/saran');
	const call = doors.find(({ name }) => name === 'POST /api/v1/cases');
	for (const hostile of OVERSIZED_BODIES) {
		const door = hostile.contentType === 'application/json' ? call : citizen;
		if (!door) throw new Error('the form of a suggestion or the call that opens a case was not found');
		await send(door, hostile, hostile.name, 413);
	}
	for (let round = 0; round < bodies && !signal.aborted; round++) {
		const door = doors[round % doors.length] as OpenDoor;
		const what = `round ${round} of seed ${seed}`;
		if (door.method === 'GET') {
			await send({ ...door, path: hostileQuery(random, door) }, undefined, what);
			continue;
		}
		// Half of the forms keep their hidden fields, which lets the rest reach the checks behind them.
		const hidden = random() < 0.5 ? door.hidden.map(fresh) : [];
		const hostile = door.json
			? hostileJson(random, door.fields, Object.fromEntries(hidden))
			: hostileForm(random, door.fields, hidden);
		await send(door, hostile, `${what}, ${hostile.name}`);
	}
	return result;
}

/** A new submission id for each body: the site answers a repeated one without reading the rest. */
const fresh = ([name, value]: [string, string]): [string, string] => [
	name,
	name === 'submission_id' ? randomUUID() : value
];

/** The page's address with hostile parameters. The query stays below Node's limit for headers. */
function hostileQuery(random: () => number, { path, fields }: OpenDoor): string {
	const url = new URL(path, 'http://localhost');
	const names = fields.length > 0 ? fields : ['cursor', 'q'];
	for (const name of names) {
		if (random() < 0.4) url.searchParams.set(name, hostileText(random).slice(0, 3_000 / names.length + 300));
	}
	return url.pathname + url.search.slice(0, 12_000);
}

async function ask(origin: string, door: OpenDoor, hostile: HostileBody | undefined) {
	const began = performance.now();
	try {
		const answer = await fetch(origin + door.path, {
			method: door.method,
			redirect: 'manual',
			headers: { ...door.headers, accept: 'text/html', ...(hostile ? { 'content-type': hostile.contentType } : {}) },
			...(hostile ? { body: new Uint8Array(hostile.body) } : {}),
			signal: AbortSignal.timeout(60_000)
		});
		if (answer.headers.get('content-type') === 'text/event-stream') await answer.body?.cancel();
		else await answer.arrayBuffer();
		return { status: answer.status, ms: performance.now() - began };
	} catch {
		return { status: 0, ms: performance.now() - began };
	}
}
