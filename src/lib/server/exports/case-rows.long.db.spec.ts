import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { casePortions, type CaseRecord } from './case-rows.ts';
import { exportedFilter } from './request.ts';

const office = useOffice();

test('has the number at LAPOR of a report that LAPOR passed to the office', async () => {
	const { id } = await readCase((await makeCase(office.unit)).reference);
	const about = { content: 'Antre.', receivedOn: '2026-01-02', enteredAt: new Date() };
	await db()
		.insert(inboundReports)
		.values({ laporId: '7001', unitId: office.unit.id, caseId: id, ...about });
	const { filter } = await exportedFilter(office.handler, 'status=all');
	const rows: CaseRecord[] = [];
	for await (const { items } of casePortions(office.handler, filter)) rows.push(...items);
	expect(rows).toMatchObject([{ id, laporId: '7001' }]);
});
