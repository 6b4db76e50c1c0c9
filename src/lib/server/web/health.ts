import { setTimeout } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { db, handle } from '#lib/server/db/index.ts';
import { hasDatabaseSpace } from '#lib/server/db/free-space.ts';
import { env } from '#lib/server/env.ts';
import { queue } from '#lib/server/jobs/queue.ts';

/** A check that takes longer has failed: an embedded database that died answers nothing any more. */
const PATIENCE_MS = 5000;

const holds = (check: () => Promise<unknown>): Promise<boolean> =>
	Promise.race([setTimeout(PATIENCE_MS, false, { ref: false }), check().then((found) => found !== false)]).catch(
		() => false
	);

/** Whether the site can serve: the database answers and has room, and the queue that takes its jobs is there. */
export async function readiness() {
	const [database, disk, started] = await Promise.all([
		holds(async () => db().execute(sql`select 1`)),
		holds(async () => hasDatabaseSpace(handle().kind)),
		holds(async () => queue().getQueue('case-event'))
	]);
	return { database, disk, jobs: started && !env().JOBS ? ('off' as const) : started };
}
