import { expect, test } from 'vitest';
import type { ClockName } from '#lib/cases/vocabulary.ts';
import { loadCalendar } from '#lib/server/calendar/load.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { calendarDays, clockRules } from '#lib/server/db/schema/clocks.ts';
import { clockOutcomes } from '#lib/server/db/schema/recap.ts';
import { makeCase } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	atTime,
	bringTo,
	clockOf,
	lastEntry,
	on,
	rowsOfCase,
	readCase,
	act
} from '#lib/dev/testing/office.ts';
import { answerCase } from '../answers/answer.ts';
import { archiveCase } from '../handling/archive.ts';
import { recomputeCases } from './deadlines.ts';
import { caseForActor } from '../find.ts';
import { askReporter, writeMessage } from '../conversation/message.ts';
import { submitObjection } from '../conversation/objection.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { verifyCase } from '../handling/verify.ts';
import { useOffice } from '#lib/dev/testing/use-office.ts';

const office = useOffice();

/** Tuesday, 10.00 in Makassar. */
const TUESDAY = '2026-11-24T02:00:00Z';
const complaint = () => atTime(TUESDAY, () => makeCase(office.unit));
const due = async (reference: string, name: ClockName) => (await clockOf(reference, name))?.dueAt?.toISOString();

test('a new complaint gets the legal deadlines, counted in working days of the office', async () => {
	const { reference, dueAt } = await complaint();
	expect(await due(reference, 'verification')).toBe('2026-11-27T08:00:00.000Z');
	expect(await due(reference, 'first_reply')).toBe('2026-12-01T08:00:00.000Z');
	expect(await due(reference, 'solution')).toBe('2026-12-14T08:00:00.000Z');
	expect(await due(reference, 'response_by_law')).toBe('2026-12-08T08:00:00.000Z');
	expect(await clockOf(reference, 'decision_by_law')).toBeUndefined();
	expect(dueAt?.toISOString()).toBe('2026-12-01T08:00:00.000Z');
	expect((await readCase(reference)).dueAt?.toISOString()).toBe('2026-11-27T08:00:00.000Z');
	expect((await clockOf(reference, 'first_reply'))?.skipped).toEqual([
		{ date: '2026-11-28', why: 'weekend', name: 'Sabtu' },
		{ date: '2026-11-29', why: 'weekend', name: 'Minggu' }
	]);
});

test('verification in time meets its deadline, starts the legal decision, and does not meet the first reply', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () =>
		act(verifyCase, office.handler, reference, { category: 'time', class: 'plain' })
	);
	expect(await clockOf(reference, 'verification')).toMatchObject({ state: 'met', late: false });
	expect((await clockOf(reference, 'first_reply'))?.state).toBe('running');
	// 60 calendar days from 25 November end on Sunday, 24 January: due on the Friday before.
	expect(await due(reference, 'decision_by_law')).toBe('2027-01-22T08:00:00.000Z');
	expect((await readCase(reference)).dueAt?.toISOString()).toBe('2026-12-01T08:00:00.000Z');
});

test('verification after the due time is met late', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-27T08:00:01Z', () =>
		act(verifyCase, office.handler, reference, { category: 'time', class: 'plain' })
	);
	expect(await clockOf(reference, 'verification')).toMatchObject({ state: 'met', late: true });
});

test('a message meets the first reply, a note does not', async () => {
	const { reference } = await complaint();
	await atTime(TUESDAY, () => writeMessage(office.handler, reference, { body: 'Catatan saja.', public: false }));
	expect(await lastEntry(reference, 'note')).toMatchObject({ public: false, actorId: office.handler.accountId });
	expect((await clockOf(reference, 'first_reply'))?.state).toBe('running');
	await atTime('2026-12-01T08:00:00Z', () =>
		writeMessage(office.handler, reference, { body: 'Kami periksa.', public: true })
	);
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ state: 'met', late: false });
	expect(await clockOf(reference, 'response_by_law')).toMatchObject({ state: 'met', late: false });
});

test('a question to the reporter pauses the office’s deadlines until the reply', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () => act(askReporter, office.handler, reference, { body: 'Loket mana?' }));
	expect(await clockOf(reference, 'solution')).toMatchObject({ state: 'paused', dueAt: null });
	expect(await clockOf(reference, 'verification')).toMatchObject({ state: 'paused', dueAt: null });
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ state: 'met' });
	expect((await readCase(reference)).dueAt).toBeNull();
	// 30 calendar days from 25 November end on 25 December. That is a holiday and the 24th is joint leave, so it is due
	// on the 23rd.
	expect(await due(reference, 'reporter_turn')).toBe('2026-12-23T08:00:00.000Z');

	await atTime('2026-11-30T02:00:00Z', async () =>
		writeToOffice((await readCase(reference)).id, { body: 'Loket nomor dua.' })
	);
	expect(await clockOf(reference, 'reporter_turn')).toMatchObject({ state: 'met', late: false });
	// The deadline was paused at the end of the 25th, 26th and 27th, so it is due three days later.
	expect(await due(reference, 'verification')).toBe('2026-12-02T08:00:00.000Z');
	expect(await due(reference, 'solution')).toBe('2026-12-17T08:00:00.000Z');
	const days = (await clockOf(reference, 'verification'))?.skipped.filter((day) => day.why === 'paused');
	expect(days?.map((day) => day.date)).toEqual(['2026-11-25', '2026-11-26', '2026-11-27']);
});

test('a third question pauses no deadline', async () => {
	const { reference } = await complaint();
	const { id } = await readCase(reference);
	for (const day of ['25', '26']) {
		await atTime(`2026-11-${day}T01:00:00Z`, () =>
			act(askReporter, office.handler, reference, { body: 'Loket mana?' })
		);
		await atTime(`2026-11-${day}T02:00:00Z`, () => writeToOffice(id, { body: 'Loket dua.' }));
	}
	await atTime('2026-11-26T03:00:00Z', () => act(askReporter, office.handler, reference, { body: 'Satu lagi?' }));
	expect(await clockOf(reference, 'solution')).toMatchObject({ state: 'running', dueAt: expect.any(Date) });
});

test('the legal decision deadline counts from the last completion', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () => bringTo(office, reference, 'in_progress'));
	await atTime('2026-11-26T02:00:00Z', () => act(askReporter, office.handler, reference, { body: 'Loket mana?' }));
	await atTime('2026-12-02T02:00:00Z', async () =>
		writeToOffice((await readCase(reference)).id, { body: 'Loket dua.' })
	);
	const decision = await clockOf(reference, 'decision_by_law');
	expect(decision?.startAt.toISOString()).toBe('2026-12-02T02:00:00.000Z');
});

test('the answer meets all deadlines of the office and starts the reporter’s turn', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () => bringTo(office, reference, 'answered'));
	for (const name of ['first_reply', 'solution', 'response_by_law', 'decision_by_law'] as const) {
		expect(await clockOf(reference, name)).toMatchObject({ state: 'met', late: false });
	}
	// Ten working days from the 25th.
	expect(await due(reference, 'reporter_turn')).toBe('2026-12-09T08:00:00.000Z');
	expect((await readCase(reference)).dueAt).toBeNull();
});

test('a draft that waits for approval meets no deadline', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () => bringTo(office, reference, 'in_progress'));
	await atTime('2026-11-25T02:00:00Z', () => act(answerCase, office.handler, reference, { body: ANSWER }));
	expect((await clockOf(reference, 'first_reply'))?.state).toBe('running');
	expect((await clockOf(reference, 'solution'))?.state).toBe('running');
});

test('a dispute starts a new first-reply deadline, and the answered time does not count for the solution', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () => bringTo(office, reference, 'answered'));
	await atTime('2026-12-02T02:00:00Z', async () =>
		submitObjection((await readCase(reference)).id, { body: 'Antrean masih sama saja.' })
	);
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ run: 2, state: 'running' });
	expect(await due(reference, 'first_reply')).toBe('2026-12-09T08:00:00.000Z');
	// Paused from 25 November to 1 December: five working days later than 14 December.
	expect(await clockOf(reference, 'solution')).toMatchObject({ state: 'running', metAt: null });
	expect(await due(reference, 'solution')).toBe('2026-12-21T08:00:00.000Z');
	expect(await clockOf(reference, 'reporter_turn')).toMatchObject({ state: 'met' });
});

test('the days of an outcome exclude paused days, also when the deadline had passed before the pause', async () => {
	const { reference } = await complaint();
	const publish = async () => {
		await act(answerCase, office.handler, reference, { body: ANSWER });
		await approve(office.supervisor, reference);
	};
	// Due on 14 December.
	await atTime('2026-12-16T02:00:00Z', () => bringTo(office, reference, 'answered'));
	await atTime('2026-12-22T02:00:00Z', async () =>
		submitObjection((await readCase(reference)).id, { body: 'Antrean masih sama saja.' })
	);
	await atTime('2026-12-28T02:00:00Z', publish);
	const outcomes = (await rowsOfCase(clockOutcomes, reference)).filter(({ name }) => name === 'solution');
	// Answered from the 16th to the 21st, with a weekend between.
	expect(outcomes.map(({ endedOn, late, pausedDays }) => [endedOn, late, pausedDays]).sort()).toEqual([
		['2026-12-16', true, 0],
		['2026-12-28', true, 4]
	]);
});

test('only a supervisor sets class oversight, with a reason, and the solution counts 60 days from arrival', async () => {
	const { reference } = await complaint();
	const input = async (reason?: string) => on(reference, { category: 'behaviour', class: 'oversight', reason });
	const byHandler = verifyCase(office.handler, reference, await input('Ada tanda kerugian.'));
	await expect(byHandler).rejects.toMatchObject({ name: 'NotAllowed' });
	const silent = verifyCase(office.supervisor, reference, await input());
	await expect(silent).rejects.toMatchObject({ issues: [{ path: 'reason', code: 'reason_missing' }] });
	await atTime('2026-11-25T02:00:00Z', async () =>
		verifyCase(office.supervisor, reference, await input('Ada tanda kerugian.'))
	);
	const solution = await clockOf(reference, 'solution');
	expect(solution).toMatchObject({ days: 60, startAt: new Date(TUESDAY), run: 1 });
	expect(solution?.dueAt?.toISOString()).toBe('2027-02-23T08:00:00.000Z');
});

test('archiving meets verification and first reply and stops the other deadlines', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', async () => {
		await act(archiveCase, office.handler, reference, { reason: 'out_of_scope' });
		await approve(office.supervisor, reference);
	});
	expect(await clockOf(reference, 'verification')).toMatchObject({ state: 'met', late: false });
	expect(await clockOf(reference, 'first_reply')).toMatchObject({ state: 'met', late: false });
	expect(await clockOf(reference, 'solution')).toMatchObject({ state: 'stopped', late: false });
	expect((await readCase(reference)).dueAt).toBeNull();
});

test('a case keeps the rule of the day it was opened when the rule changes', async () => {
	const { reference } = await complaint();
	await db()
		.insert(clockRules)
		.values({
			name: 'solution',
			kind: null,
			class: 'oversight',
			state: null,
			days: 90,
			dayUnit: 'working',
			basis: 'Aturan baru',
			validFrom: new Date('2026-11-25T00:00:00Z')
		});
	const verify = (which: string) =>
		act(verifyCase, office.supervisor, which, { category: 'cost', class: 'oversight', reason: 'Kerugian.' });
	await atTime('2026-11-26T02:00:00Z', () => verify(reference));
	expect(await clockOf(reference, 'solution')).toMatchObject({ days: 60 });
	const { reference: later } = await atTime('2026-11-26T02:00:00Z', () => makeCase(office.unit));
	await atTime('2026-11-26T03:00:00Z', () => verify(later));
	expect(await clockOf(later, 'solution')).toMatchObject({ days: 90, basis: 'Aturan baru' });
});

test('a new day off moves running deadlines but not met ones', async () => {
	const { reference } = await complaint();
	await atTime('2026-11-25T02:00:00Z', () =>
		act(verifyCase, office.handler, reference, { category: 'time', class: 'plain' })
	);
	await db().insert(calendarDays).values({ day: '2026-11-27', kind: 'national', name: 'Hari pemilihan' });
	const found = await caseForActor(office.handler, reference);
	const calendar = await loadCalendar();
	const [moved] = await transaction((tx) => recomputeCases(tx, [found], calendar));
	expect(moved?.changed.map((clock) => clock.name).sort()).toEqual(['first_reply', 'solution']);
	expect(await due(reference, 'first_reply')).toBe('2026-12-02T08:00:00.000Z');
	expect(await due(reference, 'verification')).toBe('2026-11-27T08:00:00.000Z');
	expect((await clockOf(reference, 'first_reply'))?.skipped).toContainEqual({
		date: '2026-11-27',
		why: 'national_holiday',
		name: 'Hari pemilihan'
	});
});

test('after a change of class, the rule of the new class decides whether a question pauses the deadline', async () => {
	const anyKind = { name: 'solution', kind: null, state: null, basis: 'Aturan baru' } as const;
	await db()
		.insert(clockRules)
		.values({ ...anyKind, class: 'plain', days: 14, dayUnit: 'calendar', validFrom: new Date('2026-11-23T00:00:00Z') });
	const { reference } = await complaint();
	expect(await clockOf(reference, 'solution')).toMatchObject({ dayUnit: 'calendar', pausable: false });
	await atTime(TUESDAY, () =>
		act(verifyCase, office.supervisor, reference, { category: 'cost', class: 'oversight', reason: 'Kerugian.' })
	);
	await atTime('2026-11-25T02:00:00Z', () => act(askReporter, office.handler, reference, { body: 'Loket mana?' }));
	expect(await clockOf(reference, 'solution')).toMatchObject({ dayUnit: 'working', state: 'paused' });
});
