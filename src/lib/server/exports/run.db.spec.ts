import { text } from 'node:stream/consumers';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db, storedRow } from '#lib/server/db/index.ts';
import { caseExports } from '#lib/server/db/schema/desk.ts';
import { idOf, makeCase } from '#lib/dev/testing/factories.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { readExport } from './file.ts';
import { ownExport, ownExports } from './request.ts';
import { runExport } from './run.ts';

const office = useOffice();

test('an export whose log entry could not be stored is not done, and is written again', async () => {
	await makeCase(office.unit);
	const about = { format: 'csv', query: 'status=all', lang: 'id', state: 'waiting' } as const;
	const { id } = await db()
		.insert(caseExports)
		.values({ accountId: idOf(office.handler), createdAt: new Date(), ...about })
		.returning()
		.then(storedRow);
	await db().execute(sql`alter table audit_entries add constraint broken
		check (action <> 'list.exported' or after ->> 'complete' = 'false')`);
	await runExport(id);
	await db().execute(sql`alter table audit_entries drop constraint broken`);
	expect(await ownExports(office.handler)).toMatchObject([{ state: 'waiting' }]);
	await runExport(id);
	const { file } = await ownExport(office.handler, id);
	expect(await text(readExport(file))).toContain(office.unit.code);
});
