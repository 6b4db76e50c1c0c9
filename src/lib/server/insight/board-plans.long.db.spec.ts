import { beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { readInboxChoice } from '#lib/cases/inbox-query.ts';
import { choiceReader } from '#lib/server/cases/inbox/chosen-filter.ts';
import { inbox } from '#lib/server/cases/inbox/inbox.ts';
import { db } from '#lib/server/db/index.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { useFreshDatabase } from '#lib/dev/testing/database.ts';
import { makeActor, makeCase, makeOfficer } from '#lib/dev/testing/factories.ts';
import { copyCases } from '#lib/dev/testing/many-forwards.ts';
import { bringTo, makeOffice, standing, type Office } from '#lib/dev/testing/office.ts';
import { scannedBy } from '#lib/dev/testing/plans.ts';
import { caseBoard } from './board.ts';
import { foldCaseSums } from './fold.ts';

useFreshDatabase();

/** Tables that grow in this test; the others stay small. */
const GROWING = ['cases', 'timeline', 'case_sums', 'case_moves'];

// The embedded database plans the same way but offers fewer ways to inspect plans.
describe.runIf(process.env.TEST_DATABASE === 'postgres')('with many reports', () => {
	let office: Office;
	let named: Actor;
	beforeAll(async () => {
		office = await makeOffice();
		const officer = await makeOfficer(office.unit.id);
		named = await makeActor([[office.root.id, 'manager']], officer.id);
		const past = await makeCase(office.unit, { officer: officer.id });
		await bringTo(office, past.reference, 'verified');
		await copyCases((await standing(past.reference)).id, 4_000);
		await foldCaseSums();
		// Years of sums and of timeline entries.
		await db()
			.execute(sql`insert into case_sums select unit_id, service, grain, measure, day - back, part, value, handling_unit_id, restricted, n
			from case_sums, generate_series(1, 1500) back where grain = 'day' on conflict do nothing`);
		await db().execute(sql`insert into timeline (case_id, seq, at, type, actor_kind, public)
			select id, 100 + n, now() - n * interval '100 days', 'message', 'staff', true from cases, generate_series(1, 5) n`);
		await db().execute(sql`analyze`);
	}, 60_000);

	it.each([
		[
			'of one office',
			() => caseBoard(office.handler, { unit: office.unit.code, from: '2026-01-01', to: '2026-11-30' })
		],
		['of all', () => caseBoard(named, { unit: office.root.code, scope: 'tree', from: '2026-01-01', to: '2026-11-30' })],
		[
			'of a service and some days',
			() => caseBoard(named, { unit: office.unit.code, service: 'library', from: '2026-11-01', to: '2026-11-20' })
		]
	])('the board %s reads no growing table from end to end', async (_, board) => {
		const scanned = await scannedBy(board);
		expect(scanned.filter((table) => GROWING.includes(table))).toEqual([]);
	});

	it.each(['received', 'aged', 'answered', 'archived', 'reopened', 'kept', 'missed', 'rated', 'forwarded'])(
		'the list behind what was %s in a month is no read from end to end',
		async (by) => {
			const query = new URLSearchParams({ status: 'all', by, from: '2026-10-01', to: '2026-10-31', category: 'cost' });
			const read = await choiceReader(office.supervisor);
			const scanned = await scannedBy(() => inbox(office.supervisor, read(readInboxChoice(query))));
			expect(scanned.filter((table) => GROWING.includes(table))).toEqual([]);
		}
	);
});
