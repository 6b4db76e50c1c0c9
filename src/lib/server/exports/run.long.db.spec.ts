import { text } from 'node:stream/consumers';
import { eq, sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { db, handle, storedRow } from '#lib/server/db/index.ts';
import { auditEntries } from '#lib/server/db/schema/audit.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { idOf, makeCase } from '#lib/dev/testing/factories.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { readExport } from './file.ts';
import { ownExport, ownExports } from './request.ts';
import { runExport } from './run.ts';

const office = useOffice();

async function requested(): Promise<string> {
	const about = { format: 'csv', query: 'status=all', lang: 'id', state: 'waiting' } as const;
	const { id } = await db()
		.insert(caseExports)
		.values({ accountId: idOf(office.handler), createdAt: new Date(), ...about })
		.returning()
		.then(storedRow);
	return id;
}

test('an export whose log entry could not be stored is not done, and is written again', async () => {
	await makeCase(office.unit);
	const id = await requested();
	await db().execute(sql`alter table audit_entries add constraint broken
		check (action <> 'list.exported' or after ->> 'complete' = 'false')`);
	await runExport(id);
	await db().execute(sql`alter table audit_entries drop constraint broken`);
	expect(await ownExports(office.handler)).toMatchObject([{ state: 'waiting' }]);
	await runExport(id);
	const { file } = await ownExport(office.handler, id);
	expect(await text(readExport(file))).toContain(office.unit.code);
});

test('an export whose commit was not confirmed keeps its file', async () => {
	await makeCase(office.unit);
	const id = await requested();
	const { database } = handle();
	const begin = database.transaction.bind(database);
	const lost = vi.spyOn(database, 'transaction').mockImplementation(async (...work) => {
		const result = await begin(...work);
		const [row] = await database.select().from(caseExports).where(eq(caseExports.id, id));
		if (row?.state === 'done') throw new Error('the connection was lost');
		return result;
	});
	await runExport(id);
	lost.mockRestore();
	const { file } = await ownExport(office.handler, id);
	expect(await text(readExport(file))).toContain(office.unit.code);
	const entries = await db().select().from(auditEntries).where(eq(auditEntries.action, 'list.exported'));
	expect(entries.at(-1)?.after).toMatchObject({ complete: true });
});
