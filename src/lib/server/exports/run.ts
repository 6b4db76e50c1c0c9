import { and, eq, lte, or, sql } from 'drizzle-orm';
import { MINUTE_MS } from '#lib/calendar/durations.ts';
import { fromNow, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { log } from '#lib/server/log.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { exportEntry, recordChange } from '#lib/server/people/audit.ts';
import { homeUnit } from '#lib/server/people/units/find-unit.ts';
import { accessOf } from './access.ts';
import { beginFile, fileOf, finishFile, removeFile } from './file.ts';
import { exportedFilter } from './request.ts';
import { writeCases } from './write.ts';

/** A worker renews its lease after each slice. */
const LEASE_MS = MINUTE_MS;
/** Attempts per export; then it counts as failed. */
export const TRIES = 3;

const leaseEnd = () => fromNow(LEASE_MS);

type ExportRow = typeof caseExports.$inferSelect;

/** The export was cancelled or claimed by another worker. */
class ClaimLost extends Error {}

/** Claims an export that waits or whose worker died. @returns undefined if the export is neither */
async function claim(id: string): Promise<ExportRow | undefined> {
	const claimable = or(
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
		.where(and(eq(caseExports.id, id), claimable))
		.returning();
	return row;
}

const isClaim = ({ id, attempts }: ExportRow) =>
	and(eq(caseExports.id, id), eq(caseExports.state, 'running'), eq(caseExports.attempts, attempts));

/** Stores the progress and renews the lease. */
async function renew(row: ExportRow, rows: number, progress: number): Promise<void> {
	const renewed = await db()
		.update(caseExports)
		.set({ rows, progress, leaseUntil: leaseEnd() })
		.where(isClaim(row))
		.returning({ id: caseExports.id });
	if (renewed.length === 0) throw new ClaimLost();
}

/**
 * Writes one export with the reports that its owner may see now, in the owner's language. Stops after the current slice if
 * the owner cancels it. The sweep retries a failed export, up to three attempts in all.
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
	const caseIds: number[] = [];
	const asked = Object.fromEntries(new URLSearchParams(row.query));
	/** The log entry: who exported how many rows, also of a cancelled or failed export. */
	const entry = (complete: boolean) => exportEntry(unit.id, { list: 'cases', filter: asked, rows: written, complete });
	try {
		const { filter, query } = await exportedFilter(actor, row.query);
		const table = { format: row.format, filter, query, zone: unit.timeZone, lang: row.lang };
		written = await inLocale(row.lang, () =>
			writeCases(out, actor, table, ending.signal, async (rows, progress, ids) => {
				written = rows;
				caseIds.push(...ids);
				await renew(row, rows, progress);
			})
		);
		const bytes = await finishFile(fileOf(row));
		const content = { rows: written, bytes, caseIds, access: accessOf(actor) };
		const done = { ...content, state: 'done', progress: 1, leaseUntil: null, endedAt: now() } as const;
		await transaction(async (tx) => {
			const finished = await tx.update(caseExports).set(done).where(isClaim(row)).returning({ id: caseExports.id });
			if (finished.length === 0) throw new ClaimLost();
			await recordChange(tx, actor, entry(true));
		});
	} catch (cause) {
		ending.abort();
		out.destroy();
		// The connection can be lost between the commit and its confirmation.
		if (await isDone(row)) return;
		await removeFile(fileOf(row));
		await transaction((tx) => recordChange(tx, actor, entry(false)));
		if (cause instanceof ClaimLost) return;
		log().error({ err: cause, export: id }, 'an export was not written to its end');
		if (row.attempts >= TRIES) await fail(row);
		else await db().update(caseExports).set({ state: 'waiting', leaseUntil: null }).where(isClaim(row));
	}
}

async function isDone({ id, attempts }: ExportRow): Promise<boolean> {
	const done = and(eq(caseExports.id, id), eq(caseExports.state, 'done'), eq(caseExports.attempts, attempts));
	return (await db().$count(caseExports, done)) > 0;
}

async function fail(row: ExportRow): Promise<void> {
	await db().update(caseExports).set({ state: 'failed', leaseUntil: null, endedAt: now() }).where(isClaim(row));
}
