import { and, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm';
import { HOUR_MS } from '#lib/calendar/durations.ts';
import { ago, now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { exportsWithoutAccess } from './access.ts';
import { fileOf, removeFile } from './file.ts';
import { TRIES } from './run.ts';

/** Hours after the request during which the file can be downloaded. */
export const FILE_HOURS = 24;

/**
 * Deletes exports older than a day, closes exports of accounts whose access changed, enqueues exports that wait or whose
 * worker died, and marks exports as failed after three attempts. Runs each minute.
 */
export async function sweepExports(): Promise<void> {
	const outdated = await db()
		.select({ id: caseExports.id, attempts: caseExports.attempts })
		.from(caseExports)
		.where(lt(caseExports.createdAt, ago(FILE_HOURS * HOUR_MS)));
	const withoutAccess = await exportsWithoutAccess();
	for (const { id, attempts: last } of [...outdated, ...withoutAccess])
		for (let attempts = 1; attempts <= last; attempts++) await removeFile(fileOf({ id, attempts }));
	const idsOf = (rows: readonly { id: string }[]) =>
		inArray(
			caseExports.id,
			rows.map(({ id }) => id)
		);
	await db().delete(caseExports).where(idsOf(outdated));
	await db().update(caseExports).set({ state: 'closed', bytes: null, caseIds: null }).where(idsOf(withoutAccess));
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
