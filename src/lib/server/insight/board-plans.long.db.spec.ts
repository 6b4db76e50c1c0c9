import { beforeAll, expect, test } from 'vitest';
import { readInboxChoice } from '#lib/cases/read-inbox-choice.ts';
import { choiceReader } from '#lib/server/cases/inbox/filter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { makeActor, makeOfficer } from '#lib/dev/testing/factories.ts';
import { makeOffice, type Office } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { fillYears } from '#lib/dev/testing/recap/years.ts';
import { caseBoard } from './board.ts';

/** Tables that grow in this test; the others stay small. */
const EVENTS = ['timeline', 'clocks', 'case_moves', 'clock_outcomes'];
const GROWING = ['cases', ...EVENTS];

let office: Office;
let named: Actor;
beforeAll(async () => {
	office = await makeOffice();
	const officer = await makeOfficer(office.unit.id);
	named = await makeActor([[office.root.id, 'manager']], officer.id);
	await fillYears(office);
}, 120_000);

test.each([
	['of one office', () => caseBoard(office.handler, { unit: office.unit.code, from: '2026-10-01', to: '2026-10-31' })],
	[
		'of all offices',
		() => caseBoard(named, { unit: office.root.code, scope: 'tree', from: '2026-10-01', to: '2026-10-31' })
	],
	[
		'of one service and some days',
		() => caseBoard(named, { unit: office.unit.code, service: 'library', from: '2026-11-01', to: '2026-11-20' })
	]
])('the board %s scans no table of events', async (_, board) => {
	// The table of cases may be scanned: for many events that is cheaper than many look-ups.
	expect(await scannedBy(board, EVENTS)).toEqual([]);
});

test.each(['received', 'aged', 'answered', 'archived', 'reopened', 'kept', 'missed', 'rated', 'forwarded'])(
	'the list behind the figure "%s" of a month scans no growing table',
	async (by) => {
		const query = new URLSearchParams({ status: 'all', by, from: '2026-10-01', to: '2026-10-31', category: 'cost' });
		const read = await choiceReader(office.supervisor);
		const list = () => inbox(office.supervisor, read(readInboxChoice(query)));
		expect(await scannedBy(list, GROWING)).toEqual([]);
	}
);
