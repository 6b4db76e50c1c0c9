import { setTimeout as wait } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { forwardingTo } from '#lib/dev/lapor-sandbox/options.ts';
import { seeded } from '#lib/dev/lapor-sandbox/faults.ts';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { sandboxControl } from '#lib/dev/testing/forwarding/sandbox-control.ts';
import { since } from '../print-results.ts';
import { ownFolder, requireBuild, withUndoUntil, pollUntil, type Undo } from '../run-until-signal.ts';
import { startPart, waitFor } from '../site/child-process.ts';
import { makeForwards } from './api.ts';
import { servedByKind, stormPlan } from './faults.ts';
import { decideAll, enterLaporIds, testConnection } from './people.ts';
import { prepareTwoSites } from './sites.ts';
import { countStates, forwardRows, isHalted, judge } from './verdict.ts';

interface ChaosOptions {
	forwards: number;
	/** Seed that determines which calls fail, and which site is killed when. */
	seed: number;
	/** Average time between two kills. */
	killSeconds: number;
	/** Minimum number of kills in a run. */
	kills: number;
	/** Aborts the run. */
	signal: AbortSignal;
	say: (line: string) => void;
}

/** Seconds between attempts. Short ones for the whole run, because hourly ones would follow them. */
const WAITS = [1, 2, 3, ...Array.from({ length: 400 }, () => 5)].join(',');

/**
 * Runs two sites on one PostgreSQL that send forwards to a sandbox where 30 % of the calls fail, while one or the other
 * site is killed. Then the faults end, a person decides the remaining forwards, and all are counted.
 *
 * @throws if it can't start, is aborted, or fails; nothing is left behind
 */
export async function runChaos(options: ChaosOptions) {
	return withUndoUntil(options.signal, async (undo) => storm(await setUp(options, undo), options));
}

async function setUp({ say, signal }: ChaosOptions, undo: Undo) {
	requireBuild();
	say('starting PostgreSQL, the LAPOR sandbox and two sites …');
	const sandboxUrl = `http://127.0.0.1:${await freePort()}`;
	const sandboxPart = startPart('the LAPOR sandbox', 'scripts/lapor-sandbox.ts', {
		DATA_DIR: ownFolder(undo),
		LOG_LEVEL: 'error',
		LAPOR_SANDBOX_PORT: new URL(sandboxUrl).port
	});
	undo.push(() => sandboxPart.stop());
	await waitFor(sandboxPart, `${sandboxUrl}/healthz`);
	const settings = {
		...forwardingTo(sandboxUrl),
		LAPOR_LOOKUP: 'on',
		LAPOR_POLL_SECONDS: '60',
		LAPOR_RETRY_SECONDS: WAITS,
		LAPOR_LEASE_SECONDS: '10'
	};
	const { origins, sql, api, password, start } = await prepareTwoSites(settings, signal, undo);
	const sites = await start();
	const cookie = await enterLaporIds(origins[0], password);
	let turn = 0;
	/** Makes the test call if the connection is halted. @returns whether it was halted */
	const endHalt = async () => {
		const halted = await isHalted(sql);
		if (halted) await testConnection(origins[turn++ % 2] ?? origins[0], cookie);
		return halted;
	};
	return { sql, api, sandbox: sandboxControl(() => sandboxUrl), sites, endHalt };
}

/** Repeats `step` in the background. @returns a function that stops it */
function repeatInBackground(everyMs: number, signal: AbortSignal, step: () => Promise<void>): () => Promise<void> {
	const over = new AbortController();
	const either = AbortSignal.any([signal, over.signal]);
	const running = (async () => {
		while (!either.aborted) {
			await step();
			await wait(everyMs, undefined, { signal: either }).catch(() => {});
		}
	})();
	// A failure is thrown by the stop function, not as an unhandled rejection.
	running.catch(() => {});
	return () => {
		over.abort();
		return running;
	};
}

async function storm(stage: Awaited<ReturnType<typeof setUp>>, options: ChaosOptions) {
	const { sql, api, sandbox, sites } = stage;
	const { forwards, seed, killSeconds, signal, say } = options;
	const random = seeded(seed);
	let kills = 0;
	let halts = 0;
	let halted = false;
	const crashes: Promise<void>[] = [];
	const crashOne = async () => {
		// Between 0.5 and 1.5 times the average. Not immediately, so that work is in progress.
		await wait(killSeconds * 1000 * (0.5 + random()), undefined, { signal }).catch(() => {});
		const crash = sites[random() < 0.5 ? 0 : 1]?.crash();
		if (!crash) return;
		kills += 1;
		crashes.push(crash);
		crash.catch(() => {});
	};
	const watchHalts = async () => {
		const now = await stage.endHalt();
		if (now && !halted) halts += 1;
		halted = now;
	};

	await sandbox.faults({ faults: stormPlan(), seed });
	const started = performance.now();
	const stopWatching = repeatInBackground(500, signal, watchHalts);
	const stopKilling = repeatInBackground(0, signal, crashOne);
	say(`${forwards} forwards through the API, 30 % faults, a kill -9 every ${killSeconds} s …`);
	const acknowledged = await makeForwards(api, forwards);
	say(`${acknowledged.length} acknowledged after ${since(started)}; the storm goes on until each has been tried …`);
	await pollUntil(signal, 1000, async () => (await countStates(sql)).untried === 0 && kills >= options.kills);
	await stopKilling();
	await Promise.all(crashes);
	const served = servedByKind(await sandbox.served());
	await sandbox.faults();
	say(`the faults end after ${since(started)} and ${kills} kills; everything settles …`);

	await untilQuiet(sql, signal);
	const before = (await countStates(sql)).states.get('unknown') ?? 0;
	const decisions = { found: 0, absent: 0, resent: 0 };
	for (let round = 0; round < 3; round++) {
		const decided = await decideAll(api, sandbox, await forwardRows(sql));
		decisions.found += decided.found;
		decisions.absent += decided.absent;
		decisions.resent += decided.resent;
		if (decided.found + decided.absent + decided.resent === 0) break;
		await untilQuiet(sql, signal);
	}
	await stopWatching();
	const rows = await forwardRows(sql);
	const verdict = judge(acknowledged, rows, await sandbox.reports());
	return {
		...verdict,
		acknowledged: acknowledged.length,
		kills,
		/** Test calls that an administrator had to make to end a halt of the connection. */
		halts,
		served,
		unknown: {
			ever: rows.filter((row) => row.was_unknown).length,
			byLookup: rows.filter((row) => row.found_by_lookup).length,
			before,
			left: rows.filter(({ state }) => state === 'unknown').length
		},
		decisions,
		/** From the first forward until everything is settled. */
		wallMs: performance.now() - started
	};
}

/** After this time without a change, a person decides the remaining unknown forwards. */
const STILL_MS = 12_000;

/** Waits until no forward is waiting or being sent, and look-ups find no more of the unknown ones. */
async function untilQuiet(sql: Sql, signal: AbortSignal): Promise<void> {
	let unknown = -1;
	let still = performance.now();
	await pollUntil(signal, 1000, async () => {
		const { states } = await countStates(sql);
		const moving = ['waiting', 'sending', 'stuck'].some((state) => states.has(state));
		const count = states.get('unknown') ?? 0;
		if (count !== unknown || moving) still = performance.now();
		unknown = count;
		return !moving && (count === 0 || performance.now() - still >= STILL_MS);
	});
}
