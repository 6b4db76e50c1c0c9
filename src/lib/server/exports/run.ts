import { and, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { HOUR_MS, MINUTE_MS } from '#lib/calendar/durations.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { log } from '#lib/server/log.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { recordExport } from '#lib/server/people/audit.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { beginFile, fileOf, finishFile, removeFile } from './file.ts';
import { exportedFilter } from './request.ts';
import { writeCases } from './write.ts';

/** A writer renews its lease after each slice. */
const LEASE_MS = MINUTE_MS;
const TRIES = 3;

const leaseEnd = () => new Date(now().getTime() + LEASE_MS);

type ExportRow = typeof caseExports.$inferSelect;

/** Ends a writer whose export was cancelled or given to another writer. */
class Ended extends Error {}

/** Takes a waiting export, or one whose writer died. @returns undefined if there is nothing to do */
async function claim(id: string): Promise<ExportRow | undefined> {
	const free = or(
		eq(caseExports.state, 'waiting'),
		and(eq(caseExports.state, 'running'), lte(caseExports.leaseUntil, now()))
	);
	const [row] = await db()
		.update(caseExports)
		.set({
			state: 'running',
			attempts: sql`${caseExports.attempts} + 1`,
			rows: 0,
			progress: 0,
			leaseUntil: leaseEnd()
		})
		.where(and(eq(caseExports.id, id), free))
		.returning();
	return row;
}

const mine = ({ id, attempts }: ExportRow) =>
	and(eq(caseExports.id, id), eq(caseExports.state, 'running'), eq(caseExports.attempts, attempts));

/** Stores the progress and renews the lease. */
async function renew(row: ExportRow, rows: number, progress: number): Promise<void> {
	const told = await db()
		.update(caseExports)
		.set({ rows, progress, leaseUntil: leaseEnd() })
		.where(mine(row))
		.returning();
	if (told.length === 0) throw new Ended();
}

/**
 * Writes one export: what its owner may see now, in their language. Stops after the current slice if the owner cancels it. The sweep
 * retries a failed one a few times.
 */
export async function runExport(id: string): Promise<void> {
	const row = await claim(id);
	if (!row) return;
	const actor = await actorOf(row.accountId);
	const unit = actor && (await homeUnit(actor));
	if (!actor || !unit) return fail(row);
	const ending = new AbortController();
	const out = await beginFile(fileOf(row));
	// A full disk is reported here, whichever part of the stream fails first.
	out.on('error', (cause) => ending.abort(cause));
	let written = 0;
	try {
		const { filter, query } = await exportedFilter(actor, row.query);
		const table = { format: row.format, filter, query, zone: unit.timeZone, lang: row.lang };
		written = await inLocale(row.lang, () =>
			writeCases(out, actor, table, ending.signal, async (rows, progress) => {
				written = rows;
				await renew(row, rows, progress);
			})
		);
		const bytes = await finishFile(fileOf(row));
		const done = { state: 'done', rows: written, progress: 1, bytes, leaseUntil: null, endedAt: now() } as const;
		const kept = await db().update(caseExports).set(done).where(mine(row)).returning();
		if (kept.length === 0) throw new Ended();
		await note(row, true);
	} catch (cause) {
		ending.abort();
		out.destroy();
		await removeFile(fileOf(row));
		await note(row, false);
		if (cause instanceof Ended) return;
		log().error({ err: cause, export: id }, 'an export was not written to its end');
		if (row.attempts >= TRIES) await fail(row);
		else await db().update(caseExports).set({ state: 'waiting', leaseUntil: null }).where(mine(row));
	}

	/** Logs who exported how much, also of a cancelled export. */
	async function note(of: ExportRow, complete: boolean): Promise<void> {
		if (!actor || !unit) return;
		const filter = Object.fromEntries(new URLSearchParams(of.query));
		await recordExport(actor, unit.id, { list: 'cases', filter, rows: written, complete });
	}
}

async function fail(row: ExportRow): Promise<void> {
	await db().update(caseExports).set({ state: 'failed', leaseUntil: null, endedAt: now() }).where(mine(row));
}

/** How long a file can be fetched. */
export const KEPT_HOURS = 24;

/**
 * Runs each minute: deletes files older than a day, and enqueues exports that wait or whose writer died, longer than a job takes to
 * start; gives up after a few attempts.
 */
export async function sweepExports(): Promise<void> {
	const before = new Date(now().getTime() - KEPT_HOURS * HOUR_MS);
	const old = await db().select().from(caseExports).where(lt(caseExports.createdAt, before));
	for (const { id, attempts: last } of old)
		for (let attempts = 1; attempts <= last; attempts++) await removeFile(fileOf({ id, attempts }));
	const ids = old.map(({ id }) => id);
	await db().delete(caseExports).where(inArray(caseExports.id, ids));
	const dead = and(eq(caseExports.state, 'running'), lte(caseExports.leaseUntil, now()));
	await db()
		.update(caseExports)
		.set({ state: 'failed', leaseUntil: null, endedAt: now() })
		.where(and(dead, sql`${caseExports.attempts} >= ${TRIES}`));
	const due = await db()
		.select({ exportId: caseExports.id })
		.from(caseExports)
		.where(or(dead, and(eq(caseExports.state, 'waiting'), isNull(caseExports.leaseUntil))));
	await transaction(async (tx) => {
		for (const job of due) await enqueue(tx, 'case-export', job);
	});
}
