import { and, count, eq, gt, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { copyCases } from '#lib/dev/testing/many-forwards.ts';
import { at, caseIn, clockOf } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { sweepReporterTurns } from './reporter-turns.ts';

const office = useOffice();

test('sends both reminders of every open question if there are more than one batch', async () => {
	const first = await at('2026-11-24T02:00:00Z', () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	const turn = await clockOf(first.reference, 'reporter_turn');
	if (!turn) throw new Error('no turn');
	// With the first case, more than a batch of 200.
	await copyCases(first.id, 210);
	const copied = await db().select({ id: cases.id }).from(cases).where(gt(cases.id, first.id));
	const { id: _id, ...clock } = turn;
	await db()
		.insert(clocks)
		.values(copied.map(({ id }) => ({ ...clock, caseId: id })));
	const ids = [first.id, ...copied.map(({ id }) => id)];
	const reminded = async () => {
		const given = await db()
			.select({ count: count() })
			.from(timeline)
			.where(and(inArray(timeline.caseId, ids), eq(timeline.type, 'clock_reminder')))
			.groupBy(timeline.caseId);
		return given.map((one) => one.count);
	};
	await at('2026-12-01T00:00:00Z', sweepReporterTurns);
	expect(await reminded()).toEqual(ids.map(() => 1));
	await at('2026-12-03T00:00:00Z', sweepReporterTurns);
	expect(await reminded()).toEqual(ids.map(() => 2));
});
