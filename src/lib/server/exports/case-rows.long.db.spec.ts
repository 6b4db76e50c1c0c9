import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { inboundReports } from '#lib/server/db/schema/lapor.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import { caseIn, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { caseColumns } from './case-columns.ts';
import { casePortions, type CaseRecord } from './case-rows.ts';
import { exportedFilter } from './request.ts';

const office = useOffice();

async function exportedRows(): Promise<CaseRecord[]> {
	const { filter } = await exportedFilter(office.handler, 'status=all');
	const rows: CaseRecord[] = [];
	for await (const { items } of casePortions(office.handler, filter)) rows.push(...items);
	return rows;
}

test('has the number at LAPOR of a report that LAPOR passed to the office', async () => {
	const { id } = await readCase((await makeCase(office.unit)).reference);
	const about = { content: 'Antre.', receivedOn: '2026-01-02', enteredAt: new Date() };
	await db()
		.insert(inboundReports)
		.values({ laporId: '7001', unitId: office.unit.id, caseId: id, ...about });
	expect(await exportedRows()).toMatchObject([{ id, laporId: '7001' }]);
});

test('has a class only of reports that a person verified', async () => {
	for (const status of ['received', 'archived', 'verified'] as const) await caseIn(office, status);
	const shown = caseColumns().find(({ label }) => label === 'Klasifikasi');
	const classes = (await exportedRows()).map((row) => [row.status, shown?.value(row)]);
	expect(classes).toEqual([
		['received', null],
		['archived', null],
		['verified', 'Tidak berkadar pengawasan']
	]);
});
