import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { StartError } from '#lib/server/errors.ts';
import { line, seconds, spread } from './print-results.ts';
import { runUntilSignal, ownFolder, ownServer, requireBuild, withUndoUntil, type Undo } from './run-until-signal.ts';
import { memoryOf, ratingForm } from './site/client.ts';
import { onDatabase } from './site/database.ts';
import { builtSite, createAccount } from './site/start.ts';

const USAGE = `npm run chaos:burst -- [options]
  --rate N       ratings per second, sent whether or not the ones before were answered (200)
  --for N        seconds of it (10)
  --heap N       megabytes of heap that the site may use (512)
  --engine NAME  pglite or postgres; both without it
  --seconds N    the whole run takes no longer (300)
Needs a build (npm run build). Ends with code 1 where a rating was not taken, or one that was taken is not stored.`;

const ENGINES = ['pglite', 'postgres'] as const;
type Engine = (typeof ENGINES)[number];
/** Ratings per second, and for how many seconds. They are sent by the clock, so a slow site does not get fewer. */
type Pace = { rate: number; for: number };

const SLUG = 'kantor';

/** Runs one site with a small heap, and sends ratings by the citizen's form at a fixed pace. */
async function play(engine: Engine, pace: Pace, heap: number, undo: Undo) {
	const { folder, url } = engine === 'postgres' ? await ownServer(undo) : { folder: ownFolder(undo), url: undefined };
	const { origin, settings, start } = await builtSite({
		DATA_DIR: join(folder, 'data'),
		NODE_OPTIONS: `--max-old-space-size=${heap}`,
		...(url ? { DATABASE_URL: url } : {})
	});
	await createAccount(settings, { 'unit-slug': SLUG });
	const site = await start();
	undo.push(() => site.stop());
	const burst = await send(origin, pace);
	const { rssMb, heapMb } = await memoryOf(origin);
	await site.stop();
	const [row] = await onDatabase(settings, (ask) => ask('select count(*)::int as n from ratings'));
	return { ...burst, rssMb, heapMb, stored: Number(row?.n) };
}

/** Milliseconds between two batches; so short that a batch has only a few requests. */
const BATCH_INTERVAL_MS = 20;

/** Sends the ratings. @returns how many were sent, accepted, refused and not responded to, and the response times */
async function send(origin: string, { rate, for: burstSeconds }: Pace) {
	const agent = new Agent({ connections: 128, pipelining: 1 });
	const times: number[] = [];
	let [accepted, refused, broken, firstError] = [0, 0, 0, ''];
	const one = async () => {
		const began = performance.now();
		const body = ratingForm(SLUG, 1 + Math.floor(Math.random() * 5)).toString();
		const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
		try {
			const response = await request(`${origin}/${SLUG}/nilai`, { dispatcher: agent, method: 'POST', headers, body });
			await response.body.dump();
			times.push(performance.now() - began);
			if (response.statusCode === 303) accepted += 1;
			else {
				refused += 1;
				firstError ||= `status ${response.statusCode}`;
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
		const due = Math.min(total, Math.ceil(((performance.now() - began + BATCH_INTERVAL_MS) / 1000) * rate));
		while (all.length < due) all.push(one());
		await wait(BATCH_INTERVAL_MS);
	}
	await Promise.all(all);
	const tookMs = performance.now() - began;
	await agent.close();
	return { sent: total, accepted, refused, broken, firstError, answeredIn: spread(times), tookMs };
}

function print(engine: Engine, result: Awaited<ReturnType<typeof play>>): void {
	line('database', engine);
	line('sent / taken', `${result.sent} / ${result.accepted}, stored ${result.stored}`);
	line('refused, broken', `${result.refused}, ${result.broken}${result.firstError ? ` (${result.firstError})` : ''}`);
	line('answered within', result.answeredIn);
	line('the last after', seconds(result.tookMs));
	line('memory of the site', `${result.rssMb.toFixed(0)} MB (heap ${result.heapMb.toFixed(0)})`);
}

await runUntilSignal(
	USAGE,
	{ rate: 200, for: 10, heap: 512, engine: '', seconds: 300 },
	async ({ heap, engine: selectedEngine, ...pace }, signal) => {
		requireBuild();
		const engines = ENGINES.filter((name) => !selectedEngine || name === selectedEngine);
		if (engines.length === 0) throw new StartError('--engine is pglite or postgres');
		let passed = true;
		for (const engine of engines) {
			const result = await withUndoUntil(signal, (undo) => play(engine, pace, heap, undo));
			print(engine, result);
			passed &&= result.accepted === result.sent && result.stored === result.accepted;
		}
		return passed;
	},
	{ minimums: { heap: 64 } }
);
