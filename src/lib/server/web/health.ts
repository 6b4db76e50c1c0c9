import { sql } from 'drizzle-orm';
import { db } from '../db/index.ts';
import { env } from '../env.ts';
import { queue } from '../jobs/queue.ts';

export interface Readiness {
	database: boolean;
	jobs: boolean | 'off';
}

const holds = (check: () => unknown): Promise<boolean> =>
	Promise.resolve()
		.then(check)
		.then(
			() => true,
			() => false
		);

/** Whether the site can serve: the database answers, and the queue that takes its jobs is there. */
export async function readiness(): Promise<Readiness> {
	const database = await holds(() => db().execute(sql`select 1`));
	const started = await holds(() => queue().getQueue('case-event'));
	return { database, jobs: started && !env().JOBS ? 'off' : started };
}
