import { expect, test } from 'vitest';
import { makeActor, makeUnit } from '#lib/dev/testing/factories.ts';
import { atTime } from '#lib/dev/testing/office.ts';
import { overrideEnv } from '#lib/server/env.ts';
import { haltConnection } from '#lib/server/escalation/connection/connection.ts';
import { administrationOverview } from './administration.ts';

test('only administrators of the top office get the tasks that only they can do', async () => {
	const province = await makeUnit();
	const office = await makeUnit({ parent: province });
	overrideEnv({ LAPOR_BASE_URL: 'http://127.0.0.1:1', LAPOR_BEARER: 'contoh', LAPOR_TOKEN: 'contoh' });
	await haltConnection({ code: 'unauthorised' });
	const tasksOf = async (unitId: string) => {
		const admin = await makeActor([[unitId, 'admin']]);
		const { decreesMissed, halted } = await atTime('2040-12-15T02:00:00Z', () => administrationOverview(admin));
		return [decreesMissed.includes(2041), halted];
	};
	expect(await tasksOf(province.id)).toEqual([true, true]);
	expect(await tasksOf(office.id)).toEqual([false, false]);
});

test('an open office without a supervisor is a task, and one that is not open yet is none', async () => {
	const office = await makeUnit();
	const young = await makeUnit({ parent: office, state: 'new' });
	const admin = await makeActor([[office.id, 'admin']]);
	expect(admin.units.admin).toEqual([office.id, young.id]);
	const { incomplete } = await administrationOverview(admin);
	expect(incomplete).toEqual([
		{ code: office.code, name: office.name, missing: ['handler', 'approver', 'service', 'place'] }
	]);
});
