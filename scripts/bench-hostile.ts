import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { noisyPhoto } from '#lib/dev/testing/photos.ts';
import { attacks, type AttackKind } from './bench-hostile/attacks.ts';
import { simulateCitizens } from './bench-hostile/citizens.ts';
import { ms, percentile } from './figures.ts';
import { longRun, ownFolder, requireBuild, withUndoUntil, type Undo } from './long-run.ts';
import { memoryOf, METRICS_TOKEN } from './site/client.ts';
import { builtSite, createAccount } from './site/start.ts';

const USAGE = `npm run bench:hostile -- [options]
  --attacks N    hostile requests and files (5000)
  --citizens N   honest citizens beside them (20)
  --seconds N    the whole run takes no longer (1200)
Needs a build (npm run build). Ends with code 1 where an honest citizen waited over 2 s or was refused, an attack made the site
fail, or its memory afterwards is more than 20 % above what it was before.`;

const MOST_WAIT_MS = 2000;
const MOST_GROWTH = 1.2;

type Result = Awaited<ReturnType<typeof play>>;

const SLUG = 'kantor';
const TOKEN = `bench-hostile-${crypto.randomUUID()}`;
const ATTACKERS = 6;
const SLOW_UPLOADS = 24;
/** Bytes per second of a slow upload, just above the pace at which the site closes a connection. */
const SLOW_PACE = 5000;
/** With citizens only, a new site's memory is stable after a minute and a half. */
const WARM_UP_MS = 120_000;
/** A process returns free memory within this time, or never. */
const SETTLE_MS = 45_000;

/** Runs one site, citizens who use it, and attackers who try to overload it at the same time. */
async function play(count: number, citizens: number, undo: Undo) {
	const { origin, settings, start } = await builtSite({
		DATA_DIR: join(ownFolder(undo), 'data'),
		NODE_OPTIONS: '--max-old-space-size=512',
		LIMITS: 'on',
		TRUST_PROXY: '1',
		METRICS_TOKEN,
		BOOTSTRAP_TOKEN: TOKEN
	});
	await createAccount(settings, { 'unit-slug': SLUG });
	const site = await start();
	undo.push(() => site.stop());
	const dispatcher = new Agent({ connections: 128, pipelining: 1, headersTimeout: 120_000 });
	undo.push(() => dispatcher.destroy());
	const citizenPhoto = await noisyPhoto(1600, 1200);
	const people = (ended: () => boolean) =>
		simulateCitizens(dispatcher, { origin, unit: SLUG, citizens, photo: citizenPhoto, ended });

	const warm = performance.now() + WARM_UP_MS;
	await people(() => performance.now() > warm);
	const rssBeforeMb = await lowestMemory(origin);
	let rssMostMb = rssBeforeMb;
	const watching = setInterval(() => {
		void memoryOf(origin).then(
			({ rssMb }) => (rssMostMb = Math.max(rssMostMb, rssMb)),
			() => {}
		);
	}, 1000);
	undo.push(() => clearInterval(watching));

	let over = false;
	const honest = people(() => over);
	const endSlow = slowUploads(origin);
	undo.push(endSlow);
	const byKind = await attack(dispatcher, origin, count).finally(() => (over = true));
	const citizenResult = await honest;
	endSlow();
	clearInterval(watching);
	return { honest: citizenResult, byKind, rssBeforeMb, rssAfterMb: await lowestMemory(origin), rssMostMb };
}

/** The lowest resident memory within SETTLE_MS. */
async function lowestMemory(origin: string): Promise<number> {
	let least = Infinity;
	for (const until = performance.now() + SETTLE_MS; performance.now() < until; await wait(1500)) {
		least = Math.min(least, (await memoryOf(origin)).rssMb);
	}
	return least;
}

async function attack(dispatcher: Agent, origin: string, count: number) {
	const make = await attacks(SLUG, TOKEN);
	/** Failed: responses with 5xx other than "busy" and "no room", and broken connections. */
	const none = { sent: 0, slowestMs: 0, failed: 0 };
	const byKind = new Map<AttackKind, typeof none & { statuses: Record<string, number> }>();
	let next = 0;
	const attacker = async (index: number) => {
		while (next < count) {
			const { kind, path, method, headers, body } = await make(next++);
			const result = byKind.get(kind) ?? { ...none, statuses: {} };
			byKind.set(kind, result);
			result.sent += 1;
			const began = performance.now();
			const common = { origin, accept: 'text/html', 'x-forwarded-for': `203.0.113.${index + 1}`, ...headers };
			const status = await request(`${origin}${path}`, { dispatcher, method, headers: common, body }).then(
				async (response) => {
					await response.body.dump();
					return response.statusCode;
				},
				(error: Error & { code?: string }) => error.code ?? error.message
			);
			result.slowestMs = Math.max(result.slowestMs, performance.now() - began);
			result.statuses[status] = (result.statuses[status] ?? 0) + 1;
			if (typeof status === 'string' || (status >= 500 && status !== 503 && status !== 507)) result.failed += 1;
		}
	};
	await Promise.all(Array.from({ length: ATTACKERS }, (_, index) => attacker(index)));
	return byKind;
}

/**
 * Sends slow uploads of 50 MB from four addresses, and starts them again when the site ends them. @returns a function
 * that stops them
 */
function slowUploads(origin: string): () => void {
	const { host, hostname, port } = new URL(origin);
	let over = false;
	const ends = Array.from({ length: SLOW_UPLOADS }, (_, index) => {
		let socket = connect(Number(port), hostname);
		const begin = () => {
			socket.on('error', () => {});
			socket.write(
				[
					`POST /${SLUG}/pengaduan HTTP/1.1`,
					`Host: ${host}`,
					`Origin: ${origin}`,
					`X-Forwarded-For: 192.0.2.${(index % 4) + 1}`,
					'Content-Type: multipart/form-data; boundary=BB',
					'Content-Length: 50000000',
					'',
					'--BB\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
				].join('\r\n')
			);
		};
		begin();
		const pace = setInterval(() => {
			if (socket.destroyed && !over) {
				socket = connect(Number(port), hostname);
				begin();
			} else socket.write(Buffer.alloc(SLOW_PACE, 'x'));
		}, 1000);
		return () => {
			clearInterval(pace);
			socket.destroy();
		};
	});
	return () => {
		over = true;
		for (const end of ends) end();
	};
}

const row = (...cells: string[]) =>
	console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(12))).join(''));

function printHonest({ honest }: Result): boolean {
	row('honest citizens', 'answers', 'median', '99 %', 'slowest');
	for (const step of new Set(honest.times.map((time) => time.step))) {
		const times = honest.times.filter((time) => time.step === step).map((time) => time.ms);
		row(step, String(times.length), ...[0.5, 0.99, 1].map((share) => ms(percentile(times, share))));
	}
	const late = honest.times.filter((time) => time.ms > MOST_WAIT_MS).length;
	row('over 2 s / refused', `${late} / ${honest.refused.length}`);
	for (const refused of honest.refused.slice(0, 5)) console.log(`  ${refused}`);
	return late === 0 && honest.refused.length === 0;
}

function printAttacks({ byKind }: Result): boolean {
	console.log();
	row('attacks', 'sent', 'slowest', 'failed', '', 'answers');
	for (const [kind, { sent, slowestMs, failed, statuses }] of byKind) {
		const answers = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
		row(kind, String(sent), ms(slowestMs), String(failed), '', answers.join(', '));
	}
	return [...byKind.values()].every(({ failed }) => failed === 0);
}

function printMemory({ rssBeforeMb, rssAfterMb, rssMostMb }: Result): boolean {
	const growth = rssAfterMb / rssBeforeMb;
	console.log();
	row('memory of the site', 'before', 'most', 'after', 'ratio');
	row('', ...[rssBeforeMb, rssMostMb, rssAfterMb].map((mb) => `${mb.toFixed(0)} MB`), growth.toFixed(2));
	return growth <= MOST_GROWTH;
}

await longRun(USAGE, { attacks: 5000, citizens: 20, seconds: 1200 }, async (given, signal) => {
	requireBuild();
	const result = await withUndoUntil(signal, (undo) => play(given.attacks, given.citizens, undo));
	return [printHonest(result), printAttacks(result), printMemory(result)].every(Boolean);
});
