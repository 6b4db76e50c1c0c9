import { beforeEach, expect, test } from 'vitest';
import { nameInCase } from '#lib/server/cases/officers/named.ts';
import { db } from '#lib/server/db/index.ts';
import { absences } from '#lib/server/db/schema/people.ts';
import { sweepClocks } from './clocks.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { isAway, toldTo } from '#lib/dev/testing/notices.ts';
import { at, bringTo, makeOffice, on, type Office } from '#lib/dev/testing/office.ts';

useFreshDatabase();

let office: Office;
beforeEach(async () => {
	office = await makeOffice();
});

const WARNED = '2026-11-30T00:00:00Z';

/** Given to the handler on Tuesday, 24 November: a first reply is owed until the first of December. */
async function inProgress(): Promise<string> {
	const { reference } = await at('2026-11-24T02:00:00Z', () => makeCase(office.unit, { kind: 'suggestion' }));
	await at('2026-11-24T03:00:00Z', () => bringTo(office, reference, 'in_progress'));
	return reference;
}

test('also notifies the deputy of an absent assignee, in any unit', async () => {
	await inProgress();
	const deputy = await makeActor([[office.root.id, 'handler']]);
	await at(WARNED, () => isAway(office.handler, deputy));
	await at(WARNED, sweepClocks);
	for (const person of [office.handler, deputy]) expect(await toldTo(person)).toEqual(['clock_warning first_reply']);
});

test('a deputy who is away too, or whom the report names, is not told', async () => {
	const officer = await makeOfficer(office.unit.id);
	const named = await makeActor([[office.root.id, 'handler']], officer.id);
	const reference = await inProgress();
	await at('2026-11-24T04:00:00Z', async () =>
		nameInCase(office.supervisor, reference, await on(reference, { officer: officer.id, action: 'add' }))
	);
	await at(WARNED, () => isAway(office.handler, named));
	await at(WARNED, sweepClocks);
	expect(await toldTo(named)).toEqual([]);
	const away = await makeActor([[office.root.id, 'handler']]);
	await inProgress();
	await db().delete(absences);
	await at(WARNED, async () => {
		await isAway(office.handler, away);
		await isAway(away);
	});
	await at(WARNED, sweepClocks);
	expect(await toldTo(away)).toEqual([]);
	expect(await toldTo(office.handler)).toEqual(['clock_warning first_reply', 'clock_warning first_reply']);
});
