import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { measuredSite } from '../bench/site.ts';
import { memoryOf } from '../chaos-live/memory.ts';
import { runPart } from '../demo/part.ts';
import { requireBuild, undone, type Undo } from '../long-run.ts';
import { attacks, type AttackKind } from './attacks.ts';
import { photo } from './files.ts';
import { beHonest, type Honest } from './honest.ts';

export interface HostileOptions {
	/** Hostile requests and files in all. */
	attacks: number;
	citizens: number;
	/** The whole run takes no longer. */
	seconds: number;
	signal: AbortSignal;
}

export interface AttackResult {
	sent: number;
	slowestMs: number;
	/** Answers with 5xx other than "busy" and "no room", and connections that broke. */
	failed: number;
	statuses: Record<string, number>;
}

export interface HostileResult {
	honest: Honest;
	byKind: Map<AttackKind, AttackResult>;
	rssBeforeMb: number;
	rssAfterMb: number;
	rssMostMb: number;
}

const SLUG = 'kantor';
const TOKEN = `bench-hostile-${randomUUID()}`;
const ATTACKERS = 6;
const SLOW_UPLOADS = 24;
/** Bytes per second of a slow upload: more than the pace at which the site ends a connection. */
const SLOW_PACE = 5000;
/** Citizens alone take a new site to the memory it keeps within a minute and a half. */
const WARM_UP_MS = 120_000;
/** Memory that is free again is given back within this time, or not at all. */
const SETTLE_MS = 45_000;

/** One site, citizens who use it, and attackers who try to stop it at the same time. */
export async function runHostile(options: HostileOptions): Promise<HostileResult> {
	requireBuild();
	const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.seconds * 1000)]);
	return undone(signal, (undo) => play(options, undo));
}

async function play({ attacks: count, citizens }: HostileOptions, undo: Undo): Promise<HostileResult> {
	const folder = mkdtempSync(join(tmpdir(), 'spatula-hostile-'));
	undo.push(() => rmSync(folder, { recursive: true, force: true }));
	const { origin, settings, start } = await measuredSite({
		DATA_DIR: join(folder, 'data'),
		NODE_OPTIONS: '--max-old-space-size=512',
		LIMITS: 'on',
		TRUST_PROXY: '1',
		BOOTSTRAP_TOKEN: TOKEN
	});
	const person = ['--username', 'admin', '--name', 'Admin Contoh', '--unit', '7600', '--role', 'admin'];
	await runPart('the first account', 'scripts/user-create.ts', settings, [...person, '--unit-slug', SLUG]);
	const site = await start();
	undo.push(() => site.stop());
	const dispatcher = new Agent({ connections: 128, pipelining: 1, headersTimeout: 120_000 });
	undo.push(() => dispatcher.destroy());
	const citizenPhoto = await photo(1600, 1200);
	const people = (ended: () => boolean) =>
		beHonest(dispatcher, { origin, unit: SLUG, citizens, photo: citizenPhoto, ended });

	const warm = performance.now() + WARM_UP_MS;
	await people(() => performance.now() > warm);
	const rssBeforeMb = await settled(origin);
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
	const told = await honest;
	endSlow();
	clearInterval(watching);
	return { honest: told, byKind, rssBeforeMb, rssAfterMb: await settled(origin), rssMostMb };
}

/** The least resident memory within the time in which a process gives memory back. */
async function settled(origin: string): Promise<number> {
	let least = Infinity;
	for (const until = performance.now() + SETTLE_MS; performance.now() < until; await wait(1500)) {
		least = Math.min(least, (await memoryOf(origin)).rssMb);
	}
	return least;
}

async function attack(dispatcher: Agent, origin: string, count: number): Promise<Map<AttackKind, AttackResult>> {
	const make = await attacks(SLUG, TOKEN);
	const byKind = new Map<AttackKind, AttackResult>();
	let next = 0;
	const attacker = async (index: number) => {
		while (next < count) {
			const { kind, path, method, headers, body } = await make(next++);
			const result = byKind.get(kind) ?? { sent: 0, slowestMs: 0, failed: 0, statuses: {} };
			byKind.set(kind, result);
			result.sent += 1;
			const began = performance.now();
			const own = { origin, accept: 'text/html', 'x-forwarded-for': `203.0.113.${index + 1}`, ...headers };
			const status = await request(`${origin}${path}`, { dispatcher, method, headers: own, body }).then(
				async (answer) => {
					await answer.body.dump();
					return answer.statusCode;
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

/** Uploads of 50 MB that trickle from four addresses, and begin anew when the site ends them. @returns how to end them */
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
