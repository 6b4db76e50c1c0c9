import { expect, test } from 'vitest';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { caseBoard } from '#lib/server/insight/board.ts';
import { makeActor, makeCase, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime, bringTo } from '#lib/dev/testing/office.ts';
import { casesAddress, openNow, overdueNow, selectionsOfOffice } from './case-selection.ts';

test('the lists behind "open" and "overdue" have as many reports as the figures, whatever the period', async () => {
	const root = await makeUnit();
	const unit = await makeUnit({ parent: root });
	const handler = await makeActor([[unit.id, 'handler']]);
	const supervisor = await makeActor([[unit.id, 'supervisor']]);
	const above = await makeActor([[root.id, 'handler', 'supervisor', 'manager']]);
	const office = { root, unit, handler, supervisor, rootSupervisor: above };
	await atTime('2026-02-10T02:00:00Z', () => makeCase(unit));
	await atTime('2026-03-10T02:00:00Z', async () => {
		const { reference } = await makeCase(unit);
		await bringTo(office, reference, 'answered');
	});
	for (const day of ['2026-04-10', '2026-04-20']) await atTime(`${day}T02:00:00Z`, () => makeCase(unit));

	await atTime('2026-04-20T03:00:00Z', async () => {
		const query = { unit: root.slug, scope: 'tree' as const, from: '2026-03-01', to: '2026-03-31' };
		const board = await caseBoard(above, query);
		const row = board.offices.find((office) => office.unit.slug === unit.slug);
		expect(row).toMatchObject({ received: 1, answered: 1, archived: 0, open: 3 });
		const today = board.ages[0]?.to;
		const read = await choiceReader(above);
		const listed = async (choice: Parameters<typeof casesAddress>[1]) => {
			const { searchParams } = new URL(casesAddress(query, choice), 'http://spatula.contoh');
			return (await inbox(above, read(readInboxChoice(searchParams)))).items.length;
		};
		const choices = selectionsOfOffice(unit.slug, today);
		for (const figure of ['received', 'answered', 'archived', 'open'] as const)
			expect(await listed(choices[figure]), figure).toBe(row?.[figure]);
		expect(await listed(openNow(today))).toBe(board.totals.open);
		expect(board.totals.late).toBe(2);
		expect(await listed(overdueNow(today))).toBe(board.totals.late);
		expect(await listed({ ...overdueNow(today), unit: unit.slug })).toBe(row?.late);
	});
});
