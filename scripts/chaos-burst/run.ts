import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import postgres from 'postgres';
import { Agent, request } from 'undici';
import { openPglite } from '#lib/server/db/open.ts';
import { measuredSite } from '../bench/site.ts';
import { memoryOf } from '../chaos-live/memory.ts';
import { runPart } from '../demo/part.ts';
import { ownServer, requireBuild, undone, type Undo } from '../long-run.ts';

export type Engine = 'pglite' | 'postgres';

interface BurstOptions {
	/** Ratings per second, sent by the clock: a slow site gets no fewer. */
	rate: number;
	burstSeconds: number;
	heapMb: number;
	/** The whole run takes no longer. */
	seconds: number;
	signal: AbortSignal;
}

export interface BurstResult {
	sent: number;
	taken: number;
	/** Answered, and not with thanks. */
	refused: number;
	/** Not answered at all. */
	broken: number;
	firstError: string;
	/** Rows in the database after the site has ended. */
	stored: number;
	medianMs: number;
	p99Ms: number;
	slowestMs: number;
	/** From the first request to the last answer. */
	tookMs: number;
	rssMb: number;
	heapMb: number;
}

const SLUG = 'kantor';

/** One site with a small heap, and ratings by the citizen's own form at a fixed pace. */
export async function runBurst(engine: Engine, options: BurstOptions): Promise<BurstResult> {
	requireBuild();
	const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.seconds * 1000)]);
	return undone(signal, (undo) => play(engine, options, undo));
}

async function ownPlace(engine: Engine, undo: Undo): Promise<{ folder: string; url?: string }> {
	if (engine === 'postgres') return ownServer(undo);
	const folder = mkdtempSync(join(tmpdir(), 'spatula-burst-'));
	undo.push(() => rmSync(folder, { recursive: true, force: true }));
	return { folder };
}

async function play(engine: Engine, options: BurstOptions, undo: Undo): Promise<BurstResult> {
	const { folder, url } = await ownPlace(engine, undo);
	const dataDir = join(folder, 'data');
	const { origin, settings, start } = await measuredSite({
		DATA_DIR: dataDir,
		NODE_OPTIONS: `--max-old-space-size=${options.heapMb}`,
		...(url ? { DATABASE_URL: url } : {})
	});
	const person = ['--username', 'admin', '--name', 'Admin Contoh', '--unit', '7600', '--role', 'admin'];
	await runPart('the first account', 'scripts/user-create.ts', settings, [...person, '--unit-slug', SLUG]);
	const site = await start();
	undo.push(() => site.stop());
	const burst = await send(origin, options);
	const { rssMb, heapMb } = await memoryOf(origin);
	await site.stop();
	return { ...burst, rssMb, heapMb, stored: await countRatings(dataDir, url) };
}

async function countRatings(dataDir: string, url: string | undefined): Promise<number> {
	const count = 'select count(*)::int as n from ratings';
	if (url) {
		const client = postgres(url, { max: 1 });
		const [row] = await client.unsafe(count);
		await client.end();
		return Number(row?.n);
	}
	const client = await openPglite({ dataDir: join(dataDir, 'pglite') });
	const { rows } = await client.query<{ n: number }>(count);
	await client.close();
	return rows[0]?.n ?? 0;
}

/** Between two lots; so short that a lot is a few requests, as people come. */
const BEAT_MS = 20;

async function send(
	origin: string,
	{ rate, burstSeconds }: BurstOptions
): Promise<Omit<BurstResult, 'stored' | 'rssMb' | 'heapMb'>> {
	const agent = new Agent({ connections: 128, pipelining: 1 });
	const times: number[] = [];
	let [taken, refused, broken, firstError] = [0, 0, 0, ''];
	const one = async () => {
		const began = performance.now();
		const body = new URLSearchParams({
			unit: SLUG,
			score: String(1 + Math.floor(Math.random() * 5)),
			comment: 'Cepat dan jelas.',
			submission_id: randomUUID()
		}).toString();
		const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
		try {
			const answer = await request(`${origin}/${SLUG}/nilai`, { dispatcher: agent, method: 'POST', headers, body });
			await answer.body.dump();
			times.push(performance.now() - began);
			if (answer.statusCode === 303) taken += 1;
			else {
				refused += 1;
				firstError ||= `status ${answer.statusCode}`;
			}
		} catch (error) {
			broken += 1;
			firstError ||= (error as Error).message;
		}
	};
	const began = performance.now();
	const all: Promise<void>[] = [];
	const total = rate * burstSeconds;
	while (all.length < total) {
		const due = Math.min(total, Math.ceil(((performance.now() - began + BEAT_MS) / 1000) * rate));
		while (all.length < due) all.push(one());
		await wait(BEAT_MS);
	}
	await Promise.all(all);
	const tookMs = performance.now() - began;
	await agent.close();
	const sorted = times.sort((a, b) => a - b);
	const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
	const shown = { medianMs: at(0.5), p99Ms: at(0.99), slowestMs: at(1) };
	return { sent: total, taken, refused, broken, firstError, ...shown, tookMs };
}
