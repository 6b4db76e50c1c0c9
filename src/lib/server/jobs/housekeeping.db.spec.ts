import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { runHousekeeping } from './housekeeping.ts';

const long = new Date(0);
const oldMail = () =>
	db().insert(mails).values({
		kind: 'digest',
		onceKey: 'old',
		subject: 'x',
		body: 'x',
		state: 'sent',
		createdAt: long,
		waitsFrom: long
	});
const renamed = (from: string, to: string) =>
	db().execute(sql`alter table ${sql.identifier(from)} rename to ${sql.identifier(to)}`);

test('deletes old e-mails', async () => {
	await oldMail();
	await runHousekeeping();
	expect(await db().select().from(mails)).toEqual([]);
});

test('runs the other parts if some fail, and then throws the first failure', async () => {
	await oldMail();
	const broken = ['sessions', 'rate_limits'];
	for (const table of broken) await renamed(table, `${table}_away`);
	try {
		await expect(runHousekeeping()).rejects.toThrow('sessions');
	} finally {
		for (const table of broken) await renamed(`${table}_away`, table);
	}
	expect(await db().select().from(mails)).toEqual([]);
});
