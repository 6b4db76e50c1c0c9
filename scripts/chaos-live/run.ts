import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Api } from '../chaos/calls.ts';
import { prepareTwoSites, UNIT, type RestartedSite } from '../chaos/sites.ts';
import { median, percentile } from '../figures.ts';
import { requireBuild, undone, type Undo } from '../long-run.ts';
import { memoryOf } from '../site/client.ts';
import { makeHandlers, type Handler } from './people.ts';
import { openTab, type Tab } from './tab.ts';

export interface LiveOptions {
	handlers: number;
	/** Lines of each: a browser has one for all its tabs, a person may have several browsers. */
	lines: number;
	/** Reports that come in, */
	reports: number;
	/** within this many seconds. */
	burstSeconds: number;
	/** Changes before and after, by which memory is compared. */
	changes: number;
	/** One of the two processes is killed in the middle. */
	kill: boolean;
	signal: AbortSignal;
	say: (line: string) => void;
}

export interface LiveResult {
	lines: number;
	/** Of every line and every report: how many there were to be seen, and how many were. */
	expected: number;
	seen: number;
	/** From the answer to the sender until a line told of it. */
	medianMs: number;
	p99Ms: number;
	slowestMs: number;
	/** Of the inbox, while all that went on. */
	slowestPageMs: number;
	pagesFailed: number;
	/** Lines that were opened anew, and told to look. */
	reopened: number;
	refreshes: number;
	/** Each process: after the first half of the changes, and after the second. */
	memory: { before: number; after: number; heapBefore: number; heapAfter: number }[];
	changes: number;
	wallMs: number;
}

/** Two sites on one PostgreSQL, many desks open on both, and a burst of reports that each of them has to hear of. */
export const runLive = (options: LiveOptions): Promise<LiveResult> =>
	undone(options.signal, (undo) => play(options, undo));

async function play(options: LiveOptions, undo: Undo): Promise<LiveResult> {
	const { say, signal } = options;
	const began = performance.now();
	const { sites, handlers, api } = await setUp(options, undo);
	const origins = sites.map(({ origin }) => origin);
	say(`${handlers.length * options.lines} lines are opened …`);
	const tabs = handlers.flatMap((handler, h) =>
		Array.from({ length: options.lines }, (_, n) => {
			const order = (h + n) % 2 === 0 ? origins : [...origins].reverse();
			// A person looks at one of them.
			return openTab(handler, order, n === 0);
		})
	);
	undo.push(() => tabs.forEach((tab) => tab.close()));
	await until(signal, () => tabs.every(({ lines }) => lines > 0));

	say(`${options.changes} changes, for the first look at memory …`);
	await makeChanges(api, options.changes);
	const before = await memories(origins);

	say(
		`${options.reports} reports within ${options.burstSeconds} s${options.kill ? ', a process killed in the middle' : ''} …`
	);
	const reports = await burst(api, sites, options);
	await until(signal, () => missing(tabs, reports).length === 0, 30_000);
	const missed = missing(tabs, reports);

	say(`${options.changes} changes more …`);
	await makeChanges(api, options.changes);
	await wait(3_000, undefined, { signal });
	const after = await memories(origins);
	const took = tabs.flatMap(({ seen }) =>
		[...reports].flatMap(([reference, sentAt]) => {
			const at = seen.get(reference);
			return at === undefined ? [] : [Math.max(0, at - sentAt)];
		})
	);
	const sum = (of: (tab: Tab) => number) => tabs.reduce((all, tab) => all + of(tab), 0);
	return {
		lines: tabs.length,
		expected: tabs.length * reports.size,
		seen: tabs.length * reports.size - missed.length,
		medianMs: median(took),
		p99Ms: percentile(took, 0.99),
		slowestMs: percentile(took, 1),
		slowestPageMs: Math.max(...tabs.map(({ slowestMs }) => slowestMs)),
		pagesFailed: sum(({ failed }) => failed),
		reopened: sum(({ lines }) => lines) - tabs.length,
		refreshes: sum(({ refreshes }) => refreshes),
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

async function setUp(
	{ say, signal, handlers: count }: LiveOptions,
	undo: Undo
): Promise<{ sites: RestartedSite[]; handlers: Handler[]; api: Api }> {
	requireBuild();
	say('starting PostgreSQL and two sites …');
	const { sql, api, start } = await prepareTwoSites({ LAPOR_MODE: 'manual' }, signal, undo);
	const handlers = await makeHandlers(sql, UNIT, count);
	return { sites: await start(), handlers, api };
}

async function report(api: Api, n: number): Promise<string> {
	const { status, body } = await api.call('/cases', {
		unit: UNIT,
		kind: 'complaint',
		body: `Laporan uji nomor ${n}: antrean di loket tidak bergerak.`,
		identity: 'none',
		submission_id: randomUUID()
	});
	if (status !== 200 && status !== 201) throw new Error(`the API answered ${status}: ${JSON.stringify(body)}`);
	return String(body.reference);
}

/** @returns when each was acknowledged, by its number */
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
			}
			const reference = await report(api, n);
			sent.set(reference, performance.now());
		})
	);
	await Promise.all(crashes);
	return sent;
}

/** Words on one case after another, as fast as they are taken: what a busy office does in an hour. */
async function makeChanges(api: Api, count: number): Promise<void> {
	let next = 0;
	const hand = async () => {
		const reference = await report(api, 0);
		while (next < count) {
			next += 1;
			await api.call(`/cases/${reference}/messages`, { body: `Catatan ${next}.`, public: false });
		}
	};
	await Promise.all(Array.from({ length: 4 }, hand));
}

const memories = (origins: readonly string[]) => Promise.all(origins.map(memoryOf));

function missing(tabs: readonly Tab[], reports: ReadonlyMap<string, number>): string[] {
	return tabs.flatMap(({ seen }) => [...reports.keys()].filter((reference) => !seen.has(reference)));
}

/** Looks ten times a second; gives up after `mostMs`, where that is given. */
async function until(signal: AbortSignal, reached: () => boolean, mostMs = Infinity): Promise<void> {
	const began = performance.now();
	while (!reached() && performance.now() - began < mostMs) await wait(100, undefined, { signal });
}
