import { and, count, eq, gt, inArray, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { cases, timeline } from '#lib/server/db/schema/cases.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { copyCases } from '#lib/dev/testing/forwarding/many-forwards.ts';
import { atTime, caseIn, clockOf, readCase } from '#lib/dev/testing/office.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';
import { sweepReporterTurns } from './close-after-silence.ts';

const office = useOffice();

/** Copies the case of a reporter's turn. Returns all ids, that of the first case at the start. */
async function copiesOf(reference: string, copies: number): Promise<number[]> {
	const turn = await clockOf(reference, 'reporter_turn');
	if (!turn) throw new Error('no turn');
	await copyCases(turn.caseId, copies);
	const copied = await db().select({ id: cases.id }).from(cases).where(gt(cases.id, turn.caseId));
	const { id: _id, ...clock } = turn;
	await db()
		.insert(clocks)
		.values(copied.map(({ id }) => ({ ...clock, caseId: id })));
	return [turn.caseId, ...copied.map(({ id }) => id)];
}

test('sends both reminders of every open question if there are more than one batch', async () => {
	const first = await atTime('2026-11-24T02:00:00Z', () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	// With the first case, more than a batch of 200.
	const ids = await copiesOf(first.reference, 210);
	const reminded = async () => {
		const given = await db()
			.select({ count: count() })
			.from(timeline)
			.where(and(inArray(timeline.caseId, ids), eq(timeline.type, 'clock_reminder')))
			.groupBy(timeline.caseId);
		return given.map((one) => one.count);
	};
	await atTime('2026-12-01T00:00:00Z', sweepReporterTurns);
	expect(await reminded()).toEqual(ids.map(() => 1));
	await atTime('2026-12-03T00:00:00Z', sweepReporterTurns);
	expect(await reminded()).toEqual(ids.map(() => 2));
});

test('a batch of turns that always fail to end does not block a later turn', async () => {
	const broken = await atTime('2026-11-24T02:00:00Z', () => caseIn(office, 'answered', { kind: 'suggestion' }));
	const ids = await copiesOf(broken.reference, 200);
	const { reference } = await atTime('2026-11-25T02:00:00Z', () => caseIn(office, 'answered', { kind: 'suggestion' }));
	await db().execute(sql`create function refuse() returns trigger language plpgsql as
		$$ begin raise exception 'cannot be closed'; end $$`);
	await db().execute(sql`create trigger refuses before update on cases for each row
		when (old.id between ${sql.raw(`${ids[0]} and ${ids.at(-1)}`)}) execute function refuse()`);
	await atTime('2026-12-10T00:00:00Z', sweepReporterTurns);
	expect((await readCase(broken.reference)).status).toBe('answered');
	expect((await readCase(reference)).status).toBe('closed');
	await db().execute(sql`drop function refuse cascade`);
});
