import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { clocks } from '#lib/server/db/schema/clocks.ts';
import { atTime, caseIn, clockOf, lastEntry, seenByReporter, readCase, story } from '#lib/dev/testing/office.ts';
import { scoreAnswer } from './reporter-reply.ts';
import { reminderDays, sweepReporterTurns } from './close-after-silence.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

const TUESDAY = '2026-11-24T02:00:00Z';
const sweepAt = (moment: string) => atTime(moment, sweepReporterTurns);

test('closes an answered case without a dispute when the reporter’s turn ends', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'answered'));
	await sweepAt('2026-12-08T07:59:00Z');
	expect((await readCase(reference)).status).toBe('answered');
	await sweepAt('2026-12-08T08:00:00Z');
	expect(await readCase(reference)).toMatchObject({ status: 'closed', satisfaction: null });
	expect(await lastEntry(reference, 'closed')).toMatchObject({ actorKind: 'system', public: true });
	expect((await clockOf(reference, 'reporter_turn'))?.state).toBe('stopped');
});

test('the answer can be scored until midnight of the last day, also after the case was closed that afternoon', async () => {
	const { id, reference } = await atTime(TUESDAY, () => caseIn(office, 'answered'));
	await sweepAt('2026-12-08T08:00:00Z');
	const mayScore = async (moment: string) => (await atTime(moment, () => seenByReporter(reference))).may.score;
	expect(await mayScore('2026-12-08T16:01:00Z')).toBe(false);
	expect(await mayScore('2026-12-08T15:59:00Z')).toBe(true);
	await atTime('2026-12-08T15:59:00Z', () => scoreAnswer(id, { score: 5 }));
	expect(await mayScore('2026-12-08T15:59:00Z')).toBe(false);
});

test('archives a case with an unanswered question after two reminders', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	const reminders = async () => (await story(reference)).filter((type) => type === 'clock_reminder').length;
	// Ten working days from the 24th: 25, 26, 27, 30, 1 (half), 2, 3 (three before the end), 4, 7, 8.
	await sweepAt('2026-11-30T23:59:00Z');
	expect(await reminders()).toBe(0);
	await sweepAt('2026-12-01T00:00:00Z');
	await sweepAt('2026-12-01T00:01:00Z');
	expect(await reminders()).toBe(1);
	await sweepAt('2026-12-03T00:00:00Z');
	await sweepAt('2026-12-04T00:00:00Z');
	expect(await reminders()).toBe(2);
	expect((await lastEntry(reference, 'clock_reminder'))?.data).toMatchObject({ due_at: '2026-12-08T08:00:00.000Z' });
	await sweepAt('2026-12-08T08:00:00Z');
	expect(await readCase(reference)).toMatchObject({ status: 'archived', archiveReason: 'incomplete' });
	expect(await lastEntry(reference, 'archived')).toMatchObject({ actorKind: 'system', data: { reason: 'incomplete' } });
});

test('a turn that ended while the site was off ends a working day after one late reminder', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	await sweepAt('2026-12-08T09:00:00Z');
	await sweepAt('2026-12-08T09:01:00Z');
	await sweepAt('2026-12-09T07:59:00Z');
	expect((await readCase(reference)).status).toBe('needs_info');
	expect((await story(reference)).filter((type) => type === 'clock_reminder')).toHaveLength(1);
	expect((await lastEntry(reference, 'clock_reminder'))?.data).toMatchObject({ due_at: '2026-12-09T08:00:00.000Z' });
	await sweepAt('2026-12-09T08:00:00Z');
	expect(await readCase(reference)).toMatchObject({ status: 'archived', archiveReason: 'incomplete' });
});

test('two late reminders are sent as one', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	await sweepAt('2026-12-04T00:00:00Z');
	await sweepAt('2026-12-04T00:01:00Z');
	await sweepAt('2026-12-08T07:59:00Z');
	expect((await story(reference)).filter((type) => type === 'clock_reminder')).toHaveLength(1);
});

test('the reporter of a complaint has thirty calendar days to reply', async () => {
	const { reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info'));
	await sweepAt('2026-12-22T00:00:00Z');
	expect((await readCase(reference)).status).toBe('needs_info');
	// The thirtieth day is Thursday, 24 December, joint leave: rolled back to the 23rd.
	await sweepAt('2026-12-23T08:00:00Z');
	expect((await readCase(reference)).status).toBe('archived');
});

test('ends all turns that expired at the same time', async () => {
	const cases = await atTime(TUESDAY, () =>
		Promise.all(Array.from({ length: 12 }, () => caseIn(office, 'answered', { kind: 'suggestion' })))
	);
	await sweepAt('2026-12-09T00:00:00Z');
	for (const { reference } of cases) expect((await readCase(reference)).status).toBe('closed');
});

test('reminders are due at half of the turn and three days before its end', () => {
	const days = (n: number) => Array.from({ length: n }, (_, index) => String(index + 1));
	expect(reminderDays(days(10))).toEqual(['5', '7']);
	expect(reminderDays(days(30))).toEqual(['15', '27']);
	expect(reminderDays(days(3))).toEqual(['2']);
});

test('reminders are counted per case', async () => {
	const first = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	await sweepAt('2026-12-01T00:00:00Z');
	const second = await atTime('2026-11-25T02:00:00Z', () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	await sweepAt('2026-12-02T00:00:00Z');
	for (const { reference } of [first, second]) {
		expect((await story(reference)).filter((type) => type === 'clock_reminder')).toHaveLength(1);
	}
});

test('the reminders follow the later day that the reporter was told', async () => {
	const { id, reference } = await atTime(TUESDAY, () => caseIn(office, 'needs_info', { kind: 'suggestion' }));
	await db()
		.update(clocks)
		.set({ dueAt: new Date('2026-12-15T08:00:00Z') })
		.where(and(eq(clocks.caseId, id), eq(clocks.name, 'reporter_turn')));
	const reminders = async (moment: string) => {
		await sweepAt(moment);
		return (await story(reference)).filter((type) => type === 'clock_reminder').length;
	};
	expect(await reminders('2026-12-04T00:00:00Z')).toBe(1);
	expect(await reminders('2026-12-08T00:00:00Z')).toBe(1);
	expect(await reminders('2026-12-10T00:00:00Z')).toBe(2);
});
