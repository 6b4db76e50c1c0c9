import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import {
	hostileForm,
	hostileJson,
	hostileText,
	OVERSIZED_BODIES,
	type HostileBody
} from '#lib/dev/testing/api/hostile-bodies.ts';
import type { DemoSite } from '../demo-site.ts';
import { cookiesOf, signIn, submit } from '../site/client.ts';
import { apiTargets, type AuthorizedTarget } from './api-targets.ts';
import { crawl, type RequestTarget } from './crawl.ts';

interface Options {
	/** Random requests, spread evenly over all forms, calls and pages. */
	bodies: number;
	seed: number;
	/**
	 * Longest allowed response time. A slower request is repeated, because the machine may have been busy; 0: no limit.
	 */
	mostMs: number;
}

/** Accounts that crawl the site, and the pages from which they start. Together they may open everything. */
const PEOPLE: Record<string, string[]> = {
	'penyelia.sulbar': ['/desk', '/insight/recap', '/admin/templates', '/me'],
	'penangan.mamuju': ['/desk', '/desk/roster', '/desk/exports', '/desk/unrecorded'],
	'pimpinan.sulbar': ['/insight', '/insight/review', '/insight/units'],
	'administrator.sulbar': ['/admin', '/admin/health', '/admin/routing/try'],
	'petugas1.mamuju': ['/me']
};
const CITIZEN_PAGES = ['/', '/mamuju', '/mamuju/skm', '/lacak', '/login', '/privasi'];
const TRIES = 5;

type Attacked = Pick<DemoSite, 'origin' | 'accounts' | 'reports'>;

async function targetsOf(site: Attacked, bootstrap: string): Promise<AuthorizedTarget[]> {
	const { origin, accounts, reports } = site;
	const targets = new Map<string, AuthorizedTarget>();
	const add = (found: RequestTarget[], cookie: string) => {
		for (const target of found)
			if (!targets.has(target.name)) targets.set(target.name, { ...target, headers: { cookie, origin }, json: false });
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
	for (const target of await apiTargets(origin, bootstrap, reports[0]?.reference ?? ''))
		targets.set(target.name, target);
	return [...targets.values()];
}

const isCall = ({ path }: RequestTarget) => path.startsWith('/api/');

/** Sends hostile bodies and queries to every form, call and page of a demo whose bootstrap token is `bootstrap`. */
export async function attackSite(
	site: Attacked,
	bootstrap: string,
	{ bodies, seed, mostMs }: Options,
	signal: AbortSignal
) {
	const { origin } = site;
	const targets = await targetsOf(site, bootstrap);
	const random = seeded(seed);
	const count = (test: (target: AuthorizedTarget) => boolean) => targets.filter(test).length;
	const result = {
		forms: count((target) => target.method === 'POST' && !isCall(target)),
		calls: count(isCall),
		pages: count((target) => target.method === 'GET' && !isCall(target)),
		sent: 0,
		byStatus: new Map<number, number>(),
		/** Responses of 500 and above, lost connections, and oversized bodies that were not refused with 413. */
		failures: [] as string[],
		/** Requests that took longer than `mostMs` in each of several attempts. */
		slow: [] as string[],
		slowestMs: 0
	};
	const send = async (target: AuthorizedTarget, hostile: HostileBody | undefined, label: string, expected?: number) => {
		let fastest = Infinity;
		// A busy machine does not slow down the same request each time.
		for (let tried = 0; tried < TRIES && (tried === 0 || fastest > mostMs); tried++) {
			const { status, ms } = await ask(origin, target, hostile);
			fastest = Math.min(fastest, ms);
			result.sent += 1;
			result.byStatus.set(status, (result.byStatus.get(status) ?? 0) + 1);
			const failed = status === 0 || status >= 500 || (expected !== undefined && status !== expected);
			if (failed) result.failures.push(`${status} ${target.name}: ${label}`);
			if (failed || mostMs === 0) break;
		}
		result.slowestMs = Math.max(result.slowestMs, fastest);
		if (mostMs > 0 && fastest > mostMs) result.slow.push(`${fastest.toFixed(0)} ms ${target.name}: ${label}`);
	};
	const citizen = targets.find(({ name }) => name === 'POST /mamuju/saran');
	const call = targets.find(({ name }) => name === 'POST /api/v1/cases');
	for (const hostile of OVERSIZED_BODIES) {
		const target = hostile.contentType === 'application/json' ? call : citizen;
		if (!target) throw new Error('the form of a suggestion or the call that opens a case was not found');
		await send(target, hostile, hostile.name, 413);
	}
	for (let round = 0; round < bodies && !signal.aborted; round++) {
		const target = targets[round % targets.length] as AuthorizedTarget;
		const label = `round ${round} of seed ${seed}`;
		if (target.method === 'GET') {
			await send({ ...target, path: hostileQuery(random, target) }, undefined, label);
			continue;
		}
		// Half of the forms keep their hidden fields, so that the body reaches the checks behind them.
		const hidden = random() < 0.5 ? target.hidden.map(fresh) : [];
		const hostile = target.json
			? hostileJson(random, target.fields, Object.fromEntries(hidden))
			: hostileForm(random, target.fields, hidden);
		await send(target, hostile, `${label}, ${hostile.name}`);
	}
	return result;
}

/** A new submission id for each body, because the site responds to a repeated one without reading the rest. */
const fresh = ([name, value]: [string, string]): [string, string] => [
	name,
	name === 'submission_id' ? crypto.randomUUID() : value
];

/** The page's address with hostile parameters. The query stays below Node's limit for headers. */
function hostileQuery(random: () => number, { path, fields }: AuthorizedTarget): string {
	const url = new URL(path, 'http://localhost');
	const names = fields.length > 0 ? fields : ['cursor', 'q'];
	for (const name of names) {
		if (random() < 0.4) url.searchParams.set(name, hostileText(random).slice(0, 3_000 / names.length + 300));
	}
	return url.pathname + url.search.slice(0, 12_000);
}

async function ask(origin: string, target: AuthorizedTarget, hostile: HostileBody | undefined) {
	const began = performance.now();
	try {
		const response = await fetch(origin + target.path, {
			method: target.method,
			redirect: 'manual',
			headers: { ...target.headers, accept: 'text/html', ...(hostile ? { 'content-type': hostile.contentType } : {}) },
			body: hostile && new Uint8Array(hostile.body),
			signal: AbortSignal.timeout(60_000)
		});
		if (response.headers.get('content-type') === 'text/event-stream') await response.body?.cancel();
		else await response.arrayBuffer();
		return { status: response.status, ms: performance.now() - began };
	} catch {
		return { status: 0, ms: performance.now() - began };
	}
}
