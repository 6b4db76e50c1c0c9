/** Measures whether the memory of a site returns to where it was after long mixed load and hostile requests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '#lib/dev/testing/network/free-port.ts';
import { StartError } from '#lib/server/errors.ts';
import { graphOf, type Sample } from './bench-soak/graph.ts';
import { openHeapReader, type HeapReader } from './bench-soak/heap.ts';
import { mixedLoad, type Counts } from './bench-soak/load.ts';
import { percentile, spread } from './print-results.ts';
import { runUntilSignal, ownFolder, ownServer, requireBuild, withUndoUntil, type Undo } from './run-until-signal.ts';
import { memoryOf, METRICS_TOKEN } from './site/client.ts';
import { builtSite, createAccount, UNIT } from './site/start.ts';

const USAGE = `npm run bench:soak -- [options]
  --minutes N     minutes of load on each database (30)
  --database D    postgres, pglite or both (both)
  --graphs DIR    folder for the graphs (the present one)
Needs a build (npm run build). Ends with code 1 if the heap after collection is more than 15 %, or the memory of the process
more than 20 %, above what it was after two minutes of the same load, if a request failed, if a citizen was refused, or
if 1 % of the citizens' responses took over 2 s.`;

const MOST_GROWTH = 1.15;
/** Pictures are decoded outside the heap. */
const MOST_PROCESS_GROWTH = 1.2;
/** Milliseconds within which 99 % of the citizens' responses come, whatever attackers do. */
const MOST_WAIT_MS = 2000;
const SAMPLE_MS = 15_000;
/** The same load before the first measurement, so that every library is loaded and every cache is filled. */
const WARM_UP_MS = 120_000;
/** Without load, before each of the two measurements. A process returns free memory within this time, or never. */
const SETTLE_MS = 45_000;
const SLUG = 'kantor';

type Database = 'postgres' | 'pglite';

async function soak(database: Database, minutes: number, folder: string, undo: Undo) {
	const token = `bench-soak-${crypto.randomUUID()}`;
	const inspector = await freePort();
	const { origin, settings, start } = await builtSite({
		DATA_DIR: join(ownFolder(undo), 'data'),
		...(database === 'postgres' ? { DATABASE_URL: (await ownServer(undo)).url } : {}),
		NODE_OPTIONS: `--max-old-space-size=512 --inspect=127.0.0.1:${inspector}`,
		LIMITS: 'on',
		TRUST_PROXY: '1',
		METRICS_TOKEN,
		BOOTSTRAP_TOKEN: token
	});
	const roles = ['admin', 'handler', 'supervisor', 'manager'];
	const password = await createAccount({ ...settings, NODE_OPTIONS: '' }, { roles, 'unit-slug': SLUG });
	const site = await start();
	undo.push(() => site.stop());
	const heap = await openHeapReader(inspector);
	undo.push(() => heap.close());

	const office = { origin, slug: SLUG, unit: UNIT, token, password };
	await mixedLoad(office, { requests: 0, errors: [], waits: [] }, AbortSignal.timeout(WARM_UP_MS));
	await wait(SETTLE_MS);
	const samples: Sample[] = [];
	const counts: Counts = { requests: 0, errors: [], waits: [] };
	const began = performance.now();
	const sample = () => takeSample(samples, began, origin, heap);
	const before = await sample();
	const sampling = setInterval(() => void sample().catch(() => {}), SAMPLE_MS);
	undo.push(() => clearInterval(sampling));
	await mixedLoad(office, counts, AbortSignal.timeout(minutes * 60_000));
	await wait(SETTLE_MS);
	clearInterval(sampling);
	const after = await sample();
	const file = join(folder, `soak-${database}.svg`);
	writeFileSync(file, graphOf(database, samples));
	await site.stop();
	return print(database, before, after, counts, file);
}

async function takeSample(samples: Sample[], began: number, origin: string, heap: HeapReader): Promise<Sample> {
	const heapMb = await heap.used();
	const { rssMb } = await memoryOf(origin);
	const taken = { seconds: Math.round((performance.now() - began) / 1000), heapMb, rssMb };
	samples.push(taken);
	return taken;
}

/** Prints the figures of a run. @returns whether the memory returned, no request failed and no more than 1 % were late */
function print(database: Database, before: Sample, after: Sample, counts: Counts, file: string): boolean {
	const { requests, errors, waits } = counts;
	const [heap, memory] = [after.heapMb / before.heapMb, after.rssMb / before.rssMb];
	const [from, to] = [before, after].map(({ heapMb, rssMb }) => `${heapMb.toFixed(1)} (process ${rssMb.toFixed(0)})`);
	const ratios = `ratio ${heap.toFixed(2)} (process ${memory.toFixed(2)})`;
	const figures = `heap ${from} -> ${to} MB, ${ratios}, requests ${requests}, errors ${errors.length}`;
	console.log(`${database.padEnd(9)} ${figures}, graph ${file}`);
	console.log(`  responses to citizens: ${spread(waits)}`);
	for (const error of errors.slice(0, 10)) console.log(`  ${error}`);
	return (
		heap <= MOST_GROWTH &&
		memory <= MOST_PROCESS_GROWTH &&
		errors.length === 0 &&
		percentile(waits, 0.99) <= MOST_WAIT_MS
	);
}

await runUntilSignal(
	USAGE,
	{ minutes: 30, database: 'both', graphs: '.' },
	async ({ minutes, database, graphs }, signal) => {
		requireBuild();
		const names = (['postgres', 'pglite'] as const).filter((name) => database === 'both' || database === name);
		if (names.length === 0) throw new StartError(`--database wants postgres, pglite or both, not ${database}`);
		mkdirSync(graphs, { recursive: true });
		const bounded = AbortSignal.any([signal, AbortSignal.timeout(names.length * (minutes + 15) * 60_000)]);
		return withUndoUntil(bounded, async (undo) => {
			let isWithin = true;
			for (const name of names) isWithin = (await soak(name, minutes, graphs, undo)) && isWithin;
			return isWithin;
		});
	}
);
