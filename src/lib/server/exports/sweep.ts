import { inArray, lt } from 'drizzle-orm';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { enqueue } from '#lib/server/jobs/queue.ts';
import { removeFile } from './file.ts';
import { dueExports, fileOf } from './run.ts';

/** How long a file can be fetched. */
export const KEPT_HOURS = 24;

/** Each minute: files older than a day are gone, and what no worker writes is given to one. */
export async function sweepExports(): Promise<void> {
	const before = new Date(now().getTime() - KEPT_HOURS * 3_600_000);
	const old = await db()
		.select({ id: caseExports.id, attempts: caseExports.attempts })
		.from(caseExports)
		.where(lt(caseExports.createdAt, before));
	for (const row of old)
		for (let attempts = 1; attempts <= row.attempts; attempts += 1) await removeFile(fileOf({ ...row, attempts }));
	if (old.length > 0)
		await db()
			.delete(caseExports)
			.where(
				inArray(
					caseExports.id,
					old.map(({ id }) => id)
				)
			);
	const due = await dueExports();
	await transaction(async (tx) => {
		for (const exportId of due) await enqueue(tx, 'case-export', { exportId });
	});
}
