import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { DAY_MS } from '#lib/calendar/durations.ts';
import { sha256Hex } from '#lib/server/keys.ts';
import { SESSION_COOKIE } from '#lib/server/web/cookies/session-cookie.ts';
import { openReport, type Api } from '../chaos/api.ts';
import { prepareTwoSites, type RestartedSite } from '../chaos/sites.ts';
import { requireBuild, withUndoUntil, pollUntil, type Undo } from '../run-until-signal.ts';
import { memoryOf } from '../site/client.ts';
import { UNIT } from '../site/start.ts';
import { openTab, type Tab } from './tab.ts';

interface LiveOptions {
	handlers: number;
	/** Event streams per person. A browser has one for all its tabs, and a person may have several browsers. */
	lines: number;
	/** Number of reports in the burst. */
	reports: number;
	/** Length of the burst in seconds. */
	burstSeconds: number;
	/** Number of case changes, made once before and once after the burst; memory is measured after each. */
	changes: number;
	/** Kills one of the two processes halfway through the burst. */
	kill: boolean;
	signal: AbortSignal;
	say: (line: string) => void;
}

/**
 * Opens many desks on two sites with one PostgreSQL, sends a burst of reports, and checks that every desk is notified of
 * each.
 */
export const runLive = (options: LiveOptions) => withUndoUntil(options.signal, (undo) => play(options, undo));

async function play(options: LiveOptions, undo: Undo) {
	const { say, signal } = options;
	const began = performance.now();
	requireBuild();
	say('starting PostgreSQL and two sites …');
	const { sql, api, start } = await prepareTwoSites({ LAPOR_MODE: 'manual' }, signal, undo);
	const cookies = await signInHandlers(sql, options.handlers);
	const sites = await start();
	const origins = sites.map(({ origin }) => origin);
	say(`${cookies.length * options.lines} event streams are opened …`);
	const tabs = cookies.flatMap((cookie, h) =>
		Array.from({ length: options.lines }, (_, n) => {
			const order = (h + n) % 2 === 0 ? origins : [...origins].reverse();
			// Only one of a person's streams also reads the inbox.
			return openTab(cookie, order, n === 0);
		})
	);
	undo.push(() => tabs.forEach((tab) => tab.close()));
	await pollUntil(signal, 100, () => tabs.every(({ lines }) => lines > 0));

	say(`${options.changes} changes before the first measurement of memory …`);
	await makeChanges(api, options.changes);
	const before = await measureMemory(origins);

	say(
		`${options.reports} reports within ${options.burstSeconds} s${options.kill ? ', a process killed in the middle' : ''} …`
	);
	const reports = await burst(api, sites, options);
	const giveUpAt = performance.now() + 30_000;
	await pollUntil(signal, 100, () => missing(tabs, reports).length === 0 || performance.now() > giveUpAt);
	const missed = missing(tabs, reports);

	say(`${options.changes} more changes …`);
	await makeChanges(api, options.changes);
	await wait(3_000, undefined, { signal });
	const after = await measureMemory(origins);
	const took = tabs.flatMap(({ seen }) =>
		[...reports].flatMap(([reference, sentAt]) => {
			const at = seen.get(reference);
			return at === undefined ? [] : [Math.max(0, at - sentAt)];
		})
	);
	const sum = (of: (tab: Tab) => number) => tabs.reduce((all, tab) => all + of(tab), 0);
	return {
		lines: tabs.length,
		/** Notifications expected and received: every stream must receive every report. */
		expected: tabs.length * reports.size,
		seen: tabs.length * reports.size - missed.length,
		/** Milliseconds between the response to the sender and the event on each stream. */
		took,
		/** Slowest response of the inbox during the run. */
		slowestPageMs: Math.max(...tabs.map(({ slowestMs }) => slowestMs)),
		pagesFailed: sum(({ failed }) => failed),
		/** Streams that were opened again after a break. */
		reopened: sum(({ lines }) => lines) - tabs.length,
		refreshes: sum(({ refreshes }) => refreshes),
		/** Memory of each process after the first half of the changes, and after the second. */
		memory: before.map((was, n) => ({
			before: was.rssMb,
			after: after[n]?.rssMb ?? NaN,
			heapBefore: was.heapMb,
			heapAfter: after[n]?.heapMb ?? NaN
		})),
		changes: 2 * options.changes,
		wallMs: performance.now() - began
	};
}

/**
 * Inserts handlers with a session each, because real sign-ins would measure the hashing of passwords. @returns their
 * cookies
 */
async function signInHandlers(sql: Sql, count: number): Promise<string[]> {
	const [office] = await sql`select id from units where code = ${UNIT}`;
	if (!office) throw new Error(`no office ${UNIT}`);
	const cookies: string[] = [];
	for (let n = 1; n <= count; n++) {
		const [account] = await sql`insert into accounts (username, name)
			values (${`penangan-${n}`}, ${`Penangan Contoh ${n}`}) returning id`;
		const id = String(account?.id);
		await sql`insert into roles (account_id, unit_id, role) values (${id}, ${office.id as string}, 'handler')`;
		const session = randomBytes(25).toString('hex');
		await sql`insert into sessions (id, account_id, expires_at)
			values (${sha256Hex(session)}, ${id}, ${new Date(Date.now() + DAY_MS)})`;
		cookies.push(`${SESSION_COOKIE}=${session}`);
	}
	return cookies;
}

/** Sends the burst of reports. @returns when each was acknowledged, by its number */
async function burst(
	api: Api,
	sites: readonly RestartedSite[],
	{ reports, burstSeconds, kill, signal }: LiveOptions
): Promise<Map<string, number>> {
	const sent = new Map<string, number>();
	const pace = (burstSeconds * 1000) / reports;
	const crashes: Promise<void>[] = [];
	await Promise.all(
		Array.from({ length: reports }, async (_, n) => {
			await wait(n * pace, undefined, { signal });
			if (kill && n === Math.floor(reports / 2)) {
				const crash = sites[1]?.crash();
				if (crash) crashes.push(crash);
				// `Promise.all` below throws it.
				crash?.catch(() => {});
			}
			const reference = await openReport(api, n);
			sent.set(reference, performance.now());
		})
	);
	await Promise.all(crashes);
	return sent;
}

/** Opens four cases and writes messages on them in parallel, as fast as the site accepts them. */
async function makeChanges(api: Api, count: number): Promise<void> {
	let next = 0;
	const worker = async () => {
		const reference = await openReport(api, 0);
		while (next < count) {
			next += 1;
			await api(`/cases/${reference}/messages`, { body: `Catatan ${next}.`, public: false });
		}
	};
	await Promise.all(Array.from({ length: 4 }, worker));
}

const measureMemory = (origins: readonly string[]) => Promise.all(origins.map(memoryOf));

function missing(tabs: readonly Tab[], reports: ReadonlyMap<string, number>): string[] {
	return tabs.flatMap(({ seen }) => [...reports.keys()].filter((reference) => !seen.has(reference)));
}
