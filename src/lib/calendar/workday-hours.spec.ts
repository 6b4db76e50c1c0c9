import { describe, expect, it } from 'vitest';
import { DEFAULT_WORKDAY_HOURS, hoursOn, workdayEnd, workdayStart, type WorkdayHours } from './workday-hours.ts';

const HOURS: WorkdayHours = {
	start: '07:30',
	end: '16:00',
	weekdays: { 5: { start: '07:30', end: '16:30' } },
	periods: [
		{
			name: 'Ramadan 1447 H',
			from: '2026-02-18',
			to: '2026-03-20',
			start: '08:00',
			end: '15:00',
			weekdays: { 5: { start: '08:00', end: '15:30' } }
		}
	]
};

describe('hoursOn', () => {
	it.each([
		['an ordinary Thursday', '2026-02-12', '07:30', '16:00'],
		['a Friday', '2026-02-13', '07:30', '16:30'],
		['the last day before Ramadan', '2026-02-17', '07:30', '16:00'],
		['the first day of Ramadan', '2026-02-18', '08:00', '15:00'],
		['a Friday in Ramadan', '2026-02-20', '08:00', '15:30'],
		['the last day of the period', '2026-03-20', '08:00', '15:30'],
		['the day after it', '2026-03-21', '07:30', '16:00']
	])('returns the hours of %s', (_, date, start, end) => {
		expect(hoursOn(date, HOURS)).toMatchObject({ start, end });
	});

	it('default hours are 08:00 to 16:00', () => {
		expect(workdayStart('2026-12-04', DEFAULT_WORKDAY_HOURS, 'Asia/Makassar').toISOString()).toBe(
			'2026-12-04T00:00:00.000Z'
		);
		expect(workdayEnd('2026-12-04', DEFAULT_WORKDAY_HOURS, 'Asia/Jakarta').toISOString()).toBe(
			'2026-12-04T09:00:00.000Z'
		);
	});

	it('are unchanged after storage as JSON', () => {
		const stored = JSON.parse(JSON.stringify(HOURS)) as WorkdayHours;
		expect(hoursOn('2026-02-20', stored)).toEqual(hoursOn('2026-02-20', HOURS));
	});
});
