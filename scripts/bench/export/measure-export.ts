/** Measures one export in its own process: the memory before it, and the highest memory while writing. */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '#lib/server/env.ts';
import { db } from '#lib/server/db/index.ts';
import { openDatabase } from '#lib/server/db/open.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { casePortions } from '#lib/server/exports/case-rows.ts';
import { exportedFilter } from '#lib/server/exports/request.ts';
import { writeCases } from '#lib/server/exports/write.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { eq, sql } from 'drizzle-orm';
import { ensureDefaults } from '#lib/server/calendar/load.ts';
import { startQueue, stopQueue } from '#lib/server/jobs/queue.ts';
import { makeCase, makePlace } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { bringTo, makeOffice, readCase } from '#lib/dev/testing/office.ts';
import { withoutTriggers } from '#lib/dev/testing/without-triggers.ts';

/** Username of the account that exports. */
const EXPORTER = 'pengambil';

const COPIED = 20_000;

/**
 * Fills the configured database with that many cases of one office, with their deadlines and a text of some lines each.
 */
async function fillForExport(rows: number): Promise<void> {
	const opened = await openDatabase();
	await startQueue(opened, false);
	await ensureDefaults(db());
	const office = await makeOffice();
	const place = await makePlace(office.unit.id);
	const body = 'Antrean di loket tidak bergerak selama satu jam, dan tidak ada yang memberi tahu sebabnya. '.repeat(5);
	const { reference } = await makeCase(office.unit, { title: 'Antrean', body, place: place.id, service: 'library' });
	await bringTo(office, reference, 'closed');
	const { id } = await readCase(reference);
	await db()
		.update(accounts)
		.set({ username: EXPORTER })
		.where(eq(accounts.id, office.handler.accountId ?? ''));
	// Without the triggers for search and sums, which are not exported.
	for (let made = 1; made < rows; made += COPIED) await copyCases(id, Math.min(COPIED, rows - made));
	await withoutTriggers(async (tx) => {
		await tx.execute(sql`insert into clocks select copy.* from clocks k, cases c,
			jsonb_populate_record(null::clocks, to_jsonb(k) || jsonb_build_object('id', gen_random_uuid(), 'case_id', c.id)) copy
			where k.case_id = ${id} and c.id <> ${id}`);
	});
	await db().execute(sql`analyze`);
	await stopQueue(5);
	await opened.close();
}

export interface Measured {
	rows: number;
	seconds: number;
	bytes: number;
	/** Resident memory in MB before the export, and its highest increase. */
	before: number;
	growth: number;
}

const MB = 1024 * 1024;
const SAMPLE_MS = 20;
/**
 * Slices that are read before the measurement, so that the engine has started and the code is compiled as on a running
 * site.
 */
const WARM_UP = 10;

async function measure(format: 'csv' | 'xlsx'): Promise<Measured> {
	const opened = await openDatabase();
	const [account] = await db().select({ id: accounts.id }).from(accounts).where(eq(accounts.username, EXPORTER));
	const actor = account && (await actorOf(account.id));
	if (!actor) throw new Error(`the account ${EXPORTER} does not exist or can't sign in`);
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
else console.log(JSON.stringify(await measure(what === 'csv' ? 'csv' : 'xlsx')));
