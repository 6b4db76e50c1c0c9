import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import { withClock } from '#lib/server/clock.ts';
import { db, handle, rowsOf, transaction } from '#lib/server/db/index.ts';
import { log } from '#lib/server/log.ts';
import { registry } from '#lib/server/process-metrics.ts';
import { idOf, makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { noticesTo } from '#lib/dev/testing/notices.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { enqueue, enqueueMany, queue, startQueue, stopQueue } from './queue.ts';
import { startWorkers } from './worker.ts';

afterEach(() => stopQueue(5));

/** Jobs of one name: their state, and how often they may be tried again. */
const jobsOf = (name: string) =>
	rowsOf<{ state: string; data: { caseId?: number }; retry_limit: number }>(
		db(),
		sql`select state, data, retry_limit from pgboss.job where name = ${name} order by data ->> 'caseId'`
	);

async function worked(name: string): Promise<void> {
	while ((await jobsOf(name)).some(({ state }) => state === 'created' || state === 'active')) await wait(50);
}

/** Refuses new notices, of one case or all, until the returned function is called. */
async function refuseNotices(caseId?: number): Promise<() => Promise<unknown>> {
	await db().execute(sql`create function refuse() returns trigger language plpgsql as
		$$ begin raise exception 'cannot be written'; end $$`);
	for (const table of ['notices', 'due_notices'])
		await db().execute(sql`create trigger refuses before insert on ${sql.raw(table)} for each row
			when (${sql.raw(caseId ? `new.case_id = ${caseId}` : 'true')}) execute function refuse()`);
	return () => db().execute(sql`drop function refuse cascade`);
}

test('marks only the failed job of a batch as failed, and counts every job', async () => {
	const pushes = [crypto.randomUUID(), 'not an id', crypto.randomUUID()].map((id) => ({ id, attempt: 1 }));
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
	const counted = await registry.getSingleMetricAsString('spatula_jobs_total');
	expect(counted).toContain('{job="case-event",outcome="done"} 3');
	expect(counted).toContain('{job="push-deliver",outcome="done"} 2');
	expect(counted).toContain('{job="push-deliver",outcome="failed"} 1');
});

test('retries only the entry of a batch that fails, for weeks', async () => {
	await startQueue(handle(), false);
	await db().execute(sql`delete from pgboss.job`);
	const unit = await makeUnit();
	await makeActor([[unit.id, 'handler']]);
	const ids = [];
	for (let n = 0; n < 3; n++) ids.push((await readCase((await makeCase(unit)).reference)).id);
	const accept = await refuseNotices(ids[1]);
	await startWorkers();
	await worked('case-event');
	const jobs = await jobsOf('case-event');
	expect(jobs.map(({ data, state }) => [data.caseId, state])).toEqual([
		[ids[0], 'completed'],
		[ids[1], 'retry'],
		[ids[2], 'completed']
	]);
	expect(jobs[1]?.retry_limit).toBe(1000);
	await accept();
});

test.each([
	['sign-in-changed', { what: 'code_guessed' }, 'code_guessed'],
	['token-made', { by: 'Ayu', name: 'Mesin', office: 'Kantor', scopes: [] }, 'token_made'],
	['absence-entered', { by: 'Ayu', fromDay: '2026-12-01', toDay: '2026-12-02' }, 'absence_entered']
] as const)('a notice about a person’s own account is retried after a failure: %s', async (name, payload, kind) => {
	await startQueue(handle(), false);
	const person = await makeActor([]);
	const job = { accountId: idOf(person), at: new Date().toISOString(), ...payload };
	await transaction((tx) => enqueue(tx, name, job as never));
	const accept = await refuseNotices();
	await startWorkers();
	await worked(name);
	expect(await jobsOf(name)).toMatchObject([{ state: 'retry' }]);
	expect(await noticesTo(person)).toEqual([]);
	await accept();
	await db().execute(sql`update pgboss.job set start_after = now() where name = ${name}`);
	await stopQueue(5);
	await startQueue(handle(), false);
	// Workers look for jobs when they start, and then every few seconds.
	await startWorkers();
	while ((await jobsOf(name)).some(({ state }) => state !== 'completed')) await wait(50);
	expect(await noticesTo(person)).toEqual([kind]);
});

test('an existing queue gets changed settings at the start, and the others are left alone', async () => {
	await startQueue(handle(), false);
	await queue().updateQueue('case-event', { retryLimit: 1, retryBackoff: false, retryDelayMax: null });
	await queue().updateQueue('digest', { retryLimit: 7 });
	const changed = () =>
		rowsOf<{ name: string; at: string }>(
			db(),
			sql`select name, updated_on::text as at from pgboss.queue order by name`
		);
	const before = await changed();
	await stopQueue(5);
	await startQueue(handle(), false);
	expect(await queue().getQueue('case-event')).toMatchObject({
		retryLimit: 1000,
		retryDelay: 30,
		retryBackoff: true,
		retryDelayMax: 3600
	});
	expect(await queue().getQueue('digest')).toMatchObject({ retryLimit: 0 });
	const after = await changed();
	const updated = after.filter(({ at }, index) => at !== before[index]?.at);
	expect(updated.map(({ name }) => name)).toEqual(['case-event', 'digest']);
});

test.each([
	['mail-deliver', { id: '1', attempt: 1 }, { id: '1', attempt: 2 }],
	['message-deliver', { id: '1', attempt: 1 }, { id: '2', attempt: 1 }],
	['push-deliver', { id: '1', attempt: 1 }, { id: '1', attempt: 2 }],
	['escalation-receive', { escalationId: '1' }, { escalationId: '2' }],
	['case-export', { exportId: '1' }, { exportId: '2' }]
] as const)('a row has at most one waiting job, however often it is enqueued: %s', async (name, same, other) => {
	await startQueue(handle(), false);
	await db().execute(sql`delete from pgboss.job`);
	await transaction(async (tx) => {
		for (const payload of [same, same, other]) await enqueue(tx, name, payload as never);
		await enqueueMany(tx, name, [same, other] as never);
	});
	expect(await jobsOf(name)).toHaveLength(2);
});

test('housekeeping runs after a night in which the machine was off', async () => {
	await startQueue(handle(), true);
	await queue().schedule('housekeeping', '17 18 * * *', {});
	await stopQueue(5);
	await startQueue(handle(), true);
	await stopQueue(5);
	await db().execute(sql`update pgboss.schedule set created_on = now() - interval '3 days'`);
	await db().execute(sql`update pgboss.version set cron_on = now() - interval '25 hours'`);
	await startQueue(handle(), true);
	const started = () => rowsOf(db(), sql`select from pgboss.job where data ->> 'name' = 'housekeeping'`);
	await expect.poll(started).toHaveLength(1);
});

test('a restart continues the schedules after the clock was ahead', async () => {
	await startQueue(handle(), true);
	await stopQueue(5);
	await db().execute(sql`update pgboss.version set cron_on = now() + interval '8 hours'`);
	await startQueue(handle(), true);
	const ahead = () => rowsOf(db(), sql`select from pgboss.version where cron_on > now()`);
	expect(await ahead()).toEqual([]);
});

test('logs each different error of the queue once a minute, because a lost database causes many', async () => {
	const boss = await startQueue(handle(), false);
	const logged = vi.spyOn(log(), 'error').mockImplementation(() => {});
	const failAt = (seconds: number, ...errors: Error[]) =>
		withClock(
			() => new Date(Date.now() + 1000 * seconds),
			() => errors.forEach((error) => boss.emit('error', error))
		);
	const texts = () => logged.mock.calls.splice(0).map(([said]) => (said as unknown as { error: string }).error);
	const several = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
	for (const second of [0, 1, 2]) failAt(second, new Error('ended'), several, new Error('refused'));
	expect(texts()).toEqual(['ended', 'ECONNREFUSED', 'refused']);
	failAt(61.5, new Error('refused'), new Error('ended'));
	expect(texts()).toEqual(['refused', 'ended']);
	failAt(130, ...Array.from({ length: 100 }, (_, n) => new Error(`refused ${n}`)));
	expect(texts()).toHaveLength(20);
});
