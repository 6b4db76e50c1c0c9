import { eq } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { db } from '#lib/server/db/index.ts';
import { calendarDays, clocks } from '#lib/server/db/schema/clocks.ts';
import { changeRule } from '#lib/server/calendar/change-rules.ts';
import { makeActor, makeCase } from '#lib/dev/testing/factories.ts';
import {
	ANSWER,
	approve,
	atTime,
	bringTo,
	clockOf,
	readCase,
	type Office,
	act,
	makeOffice
} from '#lib/dev/testing/office.ts';
import { answerCase } from '../answers/answer.ts';
import { assignCase } from '../handling/assign.ts';
import { caseForActor } from '../find.ts';
import { askReporter } from '../conversation/message.ts';
import { changeCalendar } from './change-calendar.ts';
import { submitObjection } from '../conversation/objection.ts';
import { writeToOffice } from '../conversation/reporter-reply.ts';
import { clocksOf } from './view-clocks.ts';
import { verifyCase } from '../handling/verify.ts';

/*
 * Checks the shown deadlines by independent arithmetic. From the day after the start to the due day, every day is
 * either counted or skipped with a reason, and the counted days are as many as the rule has. Uses only UTC dates and
 * fixed offsets.
 */
const OFFSETS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;
type Zone = keyof typeof OFFSETS;
const DAY = 86_400_000;
const localTime = (instant: Date, zone: Zone) => new Date(instant.getTime() + OFFSETS[zone] * 3_600_000).toISOString();
const dayAfter = (date: string) => new Date(Date.parse(date) + DAY).toISOString().slice(0, 10);

async function expectExplained(people: Office, reference: string, zone: Zone): Promise<void> {
	const holidays = new Set((await db().select().from(calendarDays)).map(({ day }) => day));
	const works = (date: string) => ![0, 6].includes(new Date(date).getUTCDay()) && !holidays.has(date);
	const shown = await clocksOf(await caseForActor(people.supervisor, reference));
	for (const clock of shown.filter(({ state, dueAt }) => dueAt !== null && state !== 'stopped')) {
		const due = localTime(clock.dueAt ?? new Date(0), zone);
		expect([clock.name, due.slice(11, 16)]).toEqual([clock.name, '16:00']);
		const counted: string[] = [];
		const skipped = new Map(clock.skipped.map((day) => [day.date, day]));
		for (let day = dayAfter(localTime(clock.startAt, zone).slice(0, 10)); day <= due.slice(0, 10); day = dayAfter(day))
			if (!skipped.has(day)) counted.push(day);
		const before = [...skipped.values()].filter(({ date }) => date <= due.slice(0, 10));
		const after = [...skipped.values()].filter(({ date }) => date > due.slice(0, 10));
		if (clock.dayUnit === 'working') {
			expect([clock.name, counted.length]).toEqual([clock.name, clock.days]);
			expect(counted.filter((day) => !works(day))).toEqual([]);
			expect(before.filter(({ date, why }) => works(date) !== (why === 'paused'))).toEqual([]);
			expect(after).toEqual([]);
		} else {
			expect([clock.name, counted.length + after.length]).toEqual([clock.name, clock.days]);
			expect(after.filter(({ date, why }) => works(date) || why !== 'rolled_back')).toEqual([]);
			expect(before).toEqual([]);
		}
	}
}

afterEach(async () => {
	await db().delete(calendarDays).where(eq(calendarDays.name, 'Cuti tambahan'));
});

describe.each(Object.keys(OFFSETS) as Zone[])('in %s', (zone) => {
	test.each([
		['an ordinary month', '2026-11-03'],
		['over a year end', '2026-12-21'],
		['over Lebaran', '2027-03-03'],
		['into a year without a decree', '2027-12-10']
	])('the shown deadlines match the arithmetic after every step of a case: %s', async (_, opened) => {
		const people = await makeOffice(zone);
		const admin = await makeActor([[people.root.id, 'admin']]);
		const day = (n: number) => new Date(Date.parse(`${opened}T03:00:00Z`) + n * DAY).toISOString();
		const { reference } = await atTime(day(0), () => makeCase(people.unit));
		const { id } = await readCase(reference);
		const steps: [number, () => Promise<unknown>][] = [
			[1, () => act(askReporter, people.handler, reference, { body: 'Loket mana?' })],
			[8, () => writeToOffice(id, { body: 'Loket nomor dua.' })],
			[
				9,
				async () => {
					const verification = { category: 'cost', class: 'oversight', reason: 'Ada tanda kerugian.' };
					await act(verifyCase, people.supervisor, reference, verification);
					await act(assignCase, people.supervisor, reference, { assignee: people.handler.accountId });
				}
			],
			[10, () => act(askReporter, people.handler, reference, { body: 'Pukul berapa?' })],
			[13, () => writeToOffice(id, { body: 'Pukul sepuluh.' })],
			[
				14,
				async () =>
					changeCalendar(admin, {
						type: 'day_set',
						day: localTime(new Date(day(17)), zone).slice(0, 10),
						kind: 'joint',
						name: 'Cuti tambahan'
					})
			],
			[
				15,
				async () => {
					await act(answerCase, people.handler, reference, { body: ANSWER });
					await approve(people.supervisor, reference);
				}
			],
			[20, () => submitObjection(id, { body: 'Antrean masih sama saja.' })]
		];
		await expectExplained(people, reference, zone);
		for (const [n, step] of steps) {
			await atTime(day(n), step);
			await atTime(day(n), () => expectExplained(people, reference, zone));
		}
		expect((await clockOf(reference, 'solution'))?.skipped.some(({ why }) => why === 'paused')).toBe(true);
	});
});

test('a changed rule applies only to cases opened after the change', async () => {
	const people = await makeOffice();
	const admin = await makeActor([[people.root.id, 'admin']]);
	const { reference: before } = await atTime('2026-11-24T02:00:00Z', () => makeCase(people.unit));
	const rule = { days: '3', dayUnit: 'working', basis: 'Keputusan kepala 5/2026' };
	await atTime('2026-11-24T03:00:00Z', () => changeRule(admin, 'first_reply.any.any.any', rule));
	const { reference: after } = await atTime('2026-11-24T04:00:00Z', () => makeCase(people.unit));
	expect(await clockOf(before, 'first_reply')).toMatchObject({ days: 5, basis: 'Waktu layanan SP4N-LAPOR!' });
	expect(await clockOf(after, 'first_reply')).toMatchObject({ days: 3, basis: 'Keputusan kepala 5/2026' });
	// A changed calendar and a disputed answer recompute the deadline with the rule of the day the case was opened.
	const day = { type: 'day_set', day: '2026-11-26', kind: 'joint', name: 'Cuti tambahan' };
	await atTime('2026-11-24T05:00:00Z', () => changeCalendar(admin, day));
	expect(await clockOf(before, 'first_reply')).toMatchObject({ days: 5, dueAt: new Date('2026-12-02T08:00:00Z') });
	expect(await clockOf(after, 'first_reply')).toMatchObject({ days: 3, dueAt: new Date('2026-11-30T08:00:00Z') });
	await atTime('2026-11-25T02:00:00Z', () => bringTo(people, before, 'answered'));
	await atTime('2026-11-27T02:00:00Z', async () =>
		submitObjection((await readCase(before)).id, { body: 'Belum selesai.' })
	);
	expect(await clockOf(before, 'first_reply')).toMatchObject({ run: 2, days: 5 });
	await expectExplained(people, before, 'Asia/Makassar');
	await expectExplained(people, after, 'Asia/Makassar');
	expect(await db().select().from(clocks).where(eq(clocks.basis, 'Keputusan kepala 5/2026'))).toHaveLength(1);
});
