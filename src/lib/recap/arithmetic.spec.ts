import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { calendarOf, isWorkingDay } from '#lib/calendar/working-calendar.ts';
import { daysTaken } from './days-taken.ts';
import { finishedKeys, recapPeriod } from './period.ts';

describe('the days until a deadline was met', () => {
	const calendar = calendarOf(
		[{ year: 2026, decree: 'SKB Contoh' }],
		[{ date: '2026-04-03', kind: 'national', name: 'Wafat Yesus Kristus' }]
	);
	const span = (startedOn: string, endedOn: string, pausedDays = 0, dayUnit: 'working' | 'calendar' = 'working') => ({
		startedOn,
		endedOn,
		pausedDays,
		dayUnit
	});

	it.each([
		[span('2026-04-01', '2026-04-01'), 0],
		// Good Friday and a weekend are between.
		[span('2026-04-02', '2026-04-06'), 1],
		[span('2026-04-02', '2026-04-06', 0, 'calendar'), 4],
		[span('2026-04-06', '2026-04-10', 3), 1],
		// The start is day 0, also on a Saturday.
		[span('2026-04-04', '2026-04-06'), 1]
	])('%o: %i', (taken, days) => {
		expect(daysTaken(calendar, [taken])(taken)).toBe(days);
	});

	it('are the working days after the first up to the last, whichever spans are counted together', () => {
		const day = fc.nat({ max: 60 }).map((n) => addDays('2026-03-15', n));
		fc.assert(
			fc.property(fc.array(fc.tuple(day, day), { minLength: 1, maxLength: 5 }), (pairs) => {
				const spans = pairs.map(([a, b]) => (a < b ? span(a, b) : span(b, a)));
				const taken = daysTaken(calendar, spans);
				for (const promise of spans) {
					let days = 0;
					for (let at = addDays(promise.startedOn, 1); at <= promise.endedOn; at = addDays(at, 1))
						if (isWorkingDay(at, calendar)) days += 1;
					expect(taken(promise)).toBe(days);
				}
			})
		);
	});
});

describe('periods of reports', () => {
	it('are months and quarters, but not years', () => {
		expect(recapPeriod('2026-02')).toEqual({ from: '2026-02-01', to: '2026-02-28' });
		expect(recapPeriod('2026-Q4')).toEqual({ from: '2026-10-01', to: '2026-12-31' });
		expect([recapPeriod('2026'), recapPeriod('2026-13'), recapPeriod('x')]).toEqual([undefined, undefined, undefined]);
	});

	it('can be filed from the day after their last day', () => {
		expect(finishedKeys('month', '2026-03-31')[0]).toBe('2026-02');
		expect(finishedKeys('month', '2026-04-01')[0]).toBe('2026-03');
		expect(finishedKeys('quarter', '2026-03-31')[0]).toBe('2025-Q4');
		expect(finishedKeys('quarter', '2026-04-01')[0]).toBe('2026-Q1');
	});
});
