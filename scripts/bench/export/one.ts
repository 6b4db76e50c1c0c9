/** One export in a process of its own, measured: what the process held before, and the most it held while writing. */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { env } from '#lib/server/env.ts';
import { db } from '#lib/server/db/index.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { casePortions } from '#lib/server/exports/case-rows.ts';
import { exportedFilter } from '#lib/server/exports/request.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { fillForExport, TAKER } from './fill.ts';

export interface Measured {
	rows: number;
	seconds: number;
	bytes: number;
	/** Resident memory in MB: before, and the most above that. */
	before: number;
	growth: number;
}

const MB = 1024 * 1024;
const SAMPLE_MS = 20;
/** So many slices are read before the first measurement: a site that serves has its engine awake and its code compiled. */
const WARM_UP = 10;

async function measured(format: 'csv' | 'xlsx'): Promise<Measured> {
	const opened = await openDatabase();
	const [account] = await db().select({ id: accounts.id }).from(accounts).where(eq(accounts.username, TAKER));
	const actor = account && (await actorOf(account.id));
	if (!actor) throw new Error('nobody is there to take them');
	const path = join(env().DATA_DIR, `laporan.${format}`);
	const table = { format, ...(await exportedFilter(actor, 'status=all')), zone: 'Asia/Makassar', lang: 'id' as const };
	let read = 0;
	for await (const _slice of casePortions(actor, table.filter)) if (++read === WARM_UP) break;
	const before = process.memoryUsage.rss();
	let most = before;
	const sampling = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), SAMPLE_MS);
	const started = performance.now();
	const step = async () => void (most = Math.max(most, process.memoryUsage.rss()));
	const rows = await writeCases(createWriteStream(path), actor, table, new AbortController().signal, step);
	const seconds = (performance.now() - started) / 1000;
	clearInterval(sampling);
	const { size } = await stat(path);
	await opened.close();
	return { rows, seconds, bytes: size, before: before / MB, growth: (most - before) / MB };
}

const [what = '', rows = ''] = process.argv.slice(2);
if (what === 'fill') await fillForExport(Number(rows));
else console.log(JSON.stringify(await measured(what === 'csv' ? 'csv' : 'xlsx')));
