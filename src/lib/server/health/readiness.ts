import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { db, handle, rowsOf } from '#lib/server/db/index.ts';
import { hasDatabaseSpace } from '#lib/server/db/free-space.ts';
import { env } from '#lib/server/env.ts';
import { queue } from '#lib/server/jobs/queue.ts';

/** A check that takes longer has failed. A crashed embedded database never responds. */
const CHECK_TIMEOUT_MS = 5000;

const succeeds = (check: () => Promise<unknown>): Promise<boolean> =>
	Promise.race([setTimeout(CHECK_TIMEOUT_MS, false, { ref: false }), check().then((found) => found !== false)]).catch(
		() => false
	);

/** Whether the database answers and can be written to. */
export async function isWritable(): Promise<boolean> {
	const [found] = await rowsOf<{ readonly: string }>(
		db(),
		sql`select current_setting('transaction_read_only') as readonly`
	);
	return found?.readonly === 'off';
}

/** Whether the site can serve: the database can be written to and has free space, and the job queue is started. */
export async function readiness() {
	const [database, disk, started] = await Promise.all([
		succeeds(isWritable),
		succeeds(async () => hasDatabaseSpace(handle().kind)),
		succeeds(async () => queue().getQueue('case-event'))
	]);
	return { database, disk, jobs: started && !env().JOBS ? ('off' as const) : started };
}
