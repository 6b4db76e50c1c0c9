import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { setTimeout as wait } from 'node:timers/promises';
import { db, rowsOf } from '#lib/server/db/index.ts';
import { deliver } from '#lib/server/escalation/delivery/deliver.ts';
import { sweepEscalations } from '#lib/server/escalation/delivery/sweep.ts';
import { stopQueue } from './queue.ts';
import { startWorkers } from './worker.ts';
import { forwardedCase, makeOffice, forwardNow, useLapor } from '#lib/dev/testing/lapor.ts';
import { manyForwards } from '#lib/dev/testing/forwarding/many-forwards.ts';

useLapor();
afterAll(() => stopQueue(5));

const OPEN = 10_000;

const polled = async () => {
	const [row] = await rowsOf<{ n: number }>(
		db(),
		sql`select count(*)::int as n from escalations where polled_at is not null`
	);
	return row?.n ?? 0;
};

async function until(reached: () => Promise<boolean>): Promise<void> {
	while (!(await reached())) await wait(50);
}

describe('ten thousand open forwards that are all due for a poll', () => {
	it('do not delay a new forward', async () => {
		const office = await makeOffice();
		const { escalation: first } = await forwardedCase(office);
		await deliver(first.id);
		const { laporId } = (await forwardNow(first.id)).escalation;
		const yesterday = new Date(Date.now() - 24 * 3_600_000).toISOString();
		await manyForwards(office, OPEN, {
			state: 'sent',
			lapor_id: laporId,
			sent_at: yesterday,
			next_poll_at: yesterday,
			next_attempt_at: null,
			waiting_since: null
		});
		// Enough rounds to enqueue a job for each forward.
		for (let round = 0; round < OPEN / 1000 + 1; round += 1) await sweepEscalations();
		const [waiting] = await rowsOf<{ n: number }>(
			db(),
			sql`select count(*)::int as n from pgboss.job where name = 'escalation-receive' and state = 'created'`
		);
		expect(waiting?.n).toBeGreaterThanOrEqual(OPEN);

		await startWorkers();
		await until(async () => (await polled()) >= 20);
		const { escalation } = await forwardedCase(office);
		await until(async () => (await forwardNow(escalation.id)).escalation.state === 'sent');
		expect(await polled()).toBeLessThan(OPEN / 2);
	});
});
