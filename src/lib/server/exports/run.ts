import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { log } from '#lib/server/log.ts';
import { actorOf } from '#lib/server/people/actor.ts';
import { recordExport } from '#lib/server/people/exports.ts';
import { homeUnit } from '#lib/server/people/units/home-unit.ts';
import { beginFile, finishFile, removeFile } from './file.ts';
import { exportedFilter } from './request.ts';
import { writeCases } from './write.ts';

/** A writer says after each slice that it lives. */
const LEASE_MS = 60_000;
const TRIES = 3;

type ExportRow = typeof caseExports.$inferSelect;

/** Thrown at the writer whose row is no longer its own: cancelled by its owner, or given to another. */
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
			leaseUntil: new Date(now().getTime() + LEASE_MS)
		})
		.where(and(eq(caseExports.id, id), free))
		.returning();
	return row;
}

const mine = ({ id, attempts }: ExportRow) =>
	and(eq(caseExports.id, id), eq(caseExports.state, 'running'), eq(caseExports.attempts, attempts));

async function tell(row: ExportRow, rows: number, progress: number): Promise<void> {
	const leaseUntil = new Date(now().getTime() + LEASE_MS);
	const told = await db().update(caseExports).set({ rows, progress, leaseUntil }).where(mine(row)).returning();
	if (told.length === 0) throw new Ended();
}

/**
 * Writes one export: what its owner may see at this hour, in the words of their language. It stops after the slice in hand
 * where the owner cancels it; one that fails is left to the sweep, which tries again a few times.
 */
export async function runExport(id: string): Promise<void> {
	const row = await claim(id);
	if (!row) return;
	const actor = await actorOf(row.accountId);
	const unit = actor && (await homeUnit(actor));
	if (!actor || !unit) return end(row, 'failed');
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
				await tell(row, rows, progress);
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
		if (row.attempts >= TRIES) await end(row, 'failed');
		else await db().update(caseExports).set({ state: 'waiting', leaseUntil: null }).where(mine(row));
	}

	/** The log says who took how much of what, also of what was cancelled. */
	async function note(of: ExportRow, complete: boolean): Promise<void> {
		if (!actor || !unit) return;
		const filter = Object.fromEntries(new URLSearchParams(of.query));
		await recordExport(actor, unit.id, { list: 'cases', filter, rows: written, complete });
	}
}

/** Each try writes a file of its own: a writer that was thought dead touches no other's. */
export const fileOf = ({ id, attempts }: Pick<ExportRow, 'id' | 'attempts'>) => `${id}-${attempts}`;

const end = async (row: ExportRow, state: 'failed') => {
	await db().update(caseExports).set({ state, leaseUntil: null, endedAt: now() }).where(mine(row));
};

/** Exports that wait, or whose writer died, for longer than a job takes to come; given up after a few tries. */
export async function dueExports(): Promise<string[]> {
	const late = lte(caseExports.leaseUntil, now());
	const dead = and(eq(caseExports.state, 'running'), late);
	await db()
		.update(caseExports)
		.set({ state: 'failed', leaseUntil: null, endedAt: now() })
		.where(and(dead, sql`${caseExports.attempts} >= ${TRIES}`));
	const rows = await db()
		.select({ id: caseExports.id })
		.from(caseExports)
		.where(or(dead, and(inArray(caseExports.state, ['waiting']), isNull(caseExports.leaseUntil))));
	return rows.map(({ id }) => id);
}
