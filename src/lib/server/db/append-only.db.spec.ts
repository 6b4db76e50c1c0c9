import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, rowsOf, transaction } from './index.ts';
import { auditEntries } from './schema/audit.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { enqueue, queue } from '#lib/server/jobs/queue.ts';

test('refuses to update or delete an audit entry', async () => {
	await transaction((tx) => recordChange(tx, null, { action: 'unit.changed', subject: 'x' }));
	await expect(db().update(auditEntries).set({ action: 'other' })).rejects.toThrow();
	await expect(db().delete(auditEntries)).rejects.toThrow();
	expect(await db().select().from(auditEntries)).toHaveLength(1);
});

test('db() throws inside a transaction instead of waiting forever', async () => {
	await expect(transaction(async () => db().select().from(auditEntries))).rejects.toThrow('inside a transaction');
});

test('a job queued in a transaction that rolls back does not exist', async () => {
	const failing = transaction(async (tx) => {
		await enqueue(tx, 'case-event', { caseId: 1, seq: 1 });
		throw new Error('rolled back');
	});
	await expect(failing).rejects.toThrow('rolled back');
	expect(await queue().fetch('case-event')).toEqual([]);
	await transaction((tx) => enqueue(tx, 'case-event', { caseId: 1, seq: 1 }));
	expect((await queue().fetch('case-event')).map((job) => job.data)).toEqual([{ caseId: 1, seq: 1 }]);
	expect(await rowsOf<{ one: number }>(db(), sql`select 1 as one`)).toEqual([{ one: 1 }]);
});
