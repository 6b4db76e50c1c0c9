import { expect, test } from 'vitest';
import { assignCase } from '#lib/server/cases/handling/assign.ts';
import { statementsOf } from '#lib/dev/testing/database.ts';
import { idOf, makeActor, makeCase, makeOfficerWithAccount } from '#lib/dev/testing/factories.ts';
import { act, atTime, caseIn } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { handlerLoads } from './loads.ts';

const office = useOffice();

test('lists the open, late and soon due reports of each handler of the office, also of those without any', async () => {
	const free = await makeActor([[office.unit.id, 'handler']]);
	const assigned = async (day: string) =>
		atTime(`${day}T02:00:00Z`, async () => {
			const { reference } = await makeCase(office.unit, { kind: 'suggestion' });
			await act(assignCase, office.handler, reference, { assignee: idOf(office.handler) });
		});
	// The verification is due on the third working day.
	await assigned('2026-11-10');
	await assigned('2026-11-30');
	await caseIn(office, 'closed');
	const loads = await atTime('2026-12-01T02:00:00Z', () => handlerLoads(office.supervisor, office.unit.id));
	expect(loads?.map(({ id, open, late, soon }) => [id, open, late, soon])).toEqual([
		[idOf(office.handler), 2, 1, 1],
		[idOf(free), 0, 0, 0]
	]);
	const statements = await statementsOf(() => handlerLoads(office.supervisor, office.unit.id));
	// On PGlite none is counted.
	expect(statements.length).toBeLessThanOrEqual(1);
});

test('counts no report that names the supervisor, and is for supervisors of the office only', async () => {
	const [officer, named] = await makeOfficerWithAccount(office.unit.id, ['supervisor']);
	await caseIn(office, 'in_progress', { officer: officer.id });
	const open = async (actor: typeof named) =>
		(await handlerLoads(actor, office.unit.id))?.find(({ id }) => id === idOf(office.handler))?.open;
	expect([await open(office.supervisor), await open(named)]).toEqual([1, 0]);
	expect(await handlerLoads(office.handler, office.unit.id)).toBeUndefined();
	expect(await handlerLoads(office.supervisor, office.unit.id, 'tree')).toBeUndefined();
});
