import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, rowsOf, transaction } from '#lib/server/db/index.ts';
import { registry } from '#lib/server/metrics.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { enqueueMany, stopQueue } from './queue.ts';
import { startWorkers } from './worker.ts';

useFreshDatabase();

test('of a batch only the job that failed is failed, and every job is counted', async () => {
	const pushes = [randomUUID(), 'not an id', randomUUID()].map((id) => ({ id, attempt: 1 }));
	await transaction(async (tx) => {
		await enqueueMany(tx, 'push-deliver', pushes);
		await enqueueMany(
			tx,
			'case-event',
			[1, 2, 3].map((seq) => ({ caseId: 1, seq }))
		);
	});
	registry.resetMetrics();
	await startWorkers();
	const states = () =>
		rowsOf<{ name: string; state: string; n: number }>(
			db(),
			sql`select name, state, count(*)::int as n from pgboss.job
			where name in ('push-deliver', 'case-event') group by name, state order by name, state`
		);
	while ((await states()).some(({ state }) => state === 'created' || state === 'active')) await wait(50);
	expect(await states()).toEqual([
		{ name: 'case-event', state: 'completed', n: 3 },
		{ name: 'push-deliver', state: 'completed', n: 2 },
		{ name: 'push-deliver', state: 'failed', n: 1 }
	]);
	await stopQueue(5);
	const counted = await registry.getSingleMetricAsString('spatula_jobs_total');
	expect(counted).toContain('{job="case-event",outcome="done"} 3');
	expect(counted).toContain('{job="push-deliver",outcome="done"} 2');
	expect(counted).toContain('{job="push-deliver",outcome="failed"} 1');
});
