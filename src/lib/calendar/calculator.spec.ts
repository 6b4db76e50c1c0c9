import { describe, expect, it } from 'vitest';
import { computeDue, type ClockQuestion } from './calculator.ts';
import { instantAt, localDate } from './days.ts';
import { DEFAULT_CALENDAR } from './holidays.ts';
import { DEFAULT_WORKDAY_HOURS } from './workday-hours.ts';

const ZONE = 'Asia/Makassar';
const at = (date: string, time: string, zone = ZONE) => instantAt(date, time, zone);

function due(date: string, days: number, more: Partial<ClockQuestion> = {}) {
	return computeDue({
		start: at(date, '10:00', more.zone),
		days,
		dayUnit: 'working',
		calendar: DEFAULT_CALENDAR,
		hours: DEFAULT_WORKDAY_HOURS,
		zone: ZONE,
		...more
	});
}

describe('clocks of working days', () => {
	it('24 November 2026 and five working days is Tuesday 1 December, with its explanation', () => {
		expect(due('2026-11-24', 5)).toEqual({
			dueAt: at('2026-12-01', '16:00'),
			counted: ['2026-11-25', '2026-11-26', '2026-11-27', '2026-11-30', '2026-12-01'],
			skipped: [
				{ date: '2026-11-28', why: 'weekend', name: 'Sabtu' },
				{ date: '2026-11-29', why: 'weekend', name: 'Minggu' }
			],
			provisional: false,
			warnAt: at('2026-11-30', '08:00'),
			alertAt: at('2026-12-01', '08:00')
		});
	});

	const TABLE: [string, string, number, string, boolean][] = [
		['an ordinary week', '2026-11-24', 3, '2026-11-27', false],
		['received on a Saturday before Independence Day', '2026-08-15', 1, '2026-08-18', false],
		['received on Independence Day', '2026-08-17', 1, '2026-08-18', false],
		['the leave added in August 2025', '2025-08-15', 1, '2025-08-19', false],
		['Lebaran 2025', '2025-03-27', 5, '2025-04-14', false],
		['Lebaran 2026', '2026-03-17', 3, '2026-03-27', false],
		['Lebaran 2027', '2027-03-05', 3, '2027-03-18', false],
		['Christmas 2025', '2025-12-24', 3, '2025-12-31', false],
		['from 2025 into 2026', '2025-12-24', 5, '2026-01-05', false],
		['from 2026 into 2027', '2026-12-23', 5, '2027-01-04', false],
		['over the two feasts of January 2027', '2026-12-23', 6, '2027-01-06', false],
		['a suggestion of May 2027', '2027-05-04', 14, '2027-05-31', false],
		['up to the last decreed day', '2027-12-28', 3, '2027-12-31', false],
		['into a year without a decree', '2027-12-28', 4, '2028-01-03', true]
	];

	describe.each(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura'])('in %s', (zone) => {
		it.each(TABLE)('%s: %s and %i is %s', (_, received, days, expected, provisional) => {
			for (const time of ['00:00', '10:00', '16:01', '23:59']) {
				const deadline = due(received, days, { zone, start: at(received, time, zone) });
				expect(deadline.dueAt).toEqual(at(expected, '16:00', zone));
				expect(deadline.counted).toHaveLength(days);
				expect(deadline.provisional).toBe(provisional);
			}
		});
	});

	it('takes the day of receipt from the clock on the wall of the unit', () => {
		const start = new Date('2026-11-24T15:30:00Z');
		const days = (zone: string) => due('2026-11-24', 1, { zone, start }).counted;
		expect(days('Asia/Makassar')).toEqual(['2026-11-25']);
		expect(days('Asia/Jayapura')).toEqual(['2026-11-26']);
	});

	it('names every day of Lebaran by its own reason', () => {
		expect(due('2026-03-17', 1).skipped).toEqual([
			{ date: '2026-03-18', why: 'joint_leave', name: 'Cuti bersama Hari Suci Nyepi' },
			{ date: '2026-03-19', why: 'national_holiday', name: 'Hari Suci Nyepi (Tahun Baru Saka 1948)' },
			{ date: '2026-03-20', why: 'joint_leave', name: 'Cuti bersama Idul Fitri' },
			{ date: '2026-03-21', why: 'national_holiday', name: 'Idul Fitri 1447 Hijriah' },
			{ date: '2026-03-22', why: 'national_holiday', name: 'Idul Fitri 1447 Hijriah' },
			{ date: '2026-03-23', why: 'joint_leave', name: 'Cuti bersama Idul Fitri' },
			{ date: '2026-03-24', why: 'joint_leave', name: 'Cuti bersama Idul Fitri' }
		]);
	});

	it('ends and warns by the hours of the day it ends on', () => {
		const hours = {
			...DEFAULT_WORKDAY_HOURS,
			weekdays: { 5: { start: '07:30', end: '16:30' } },
			periods: [{ name: 'Ramadan 1447 H', from: '2026-02-18', to: '2026-03-20', start: '08:30', end: '15:00' }]
		};
		expect(due('2026-11-24', 3, { hours }).dueAt).toEqual(at('2026-11-27', '16:30'));
		expect(due('2026-11-24', 3, { hours }).alertAt).toEqual(at('2026-11-27', '07:30'));
		expect(due('2026-03-02', 3, { hours }).dueAt).toEqual(at('2026-03-05', '15:00'));
	});

	it('warns at three quarters and alerts at nine tenths, rounded up', () => {
		const ten = due('2026-11-24', 10);
		expect([ten.warnAt, ten.alertAt]).toEqual([at('2026-12-04', '08:00'), at('2026-12-07', '08:00')]);
		const sixty = due('2026-08-26', 60);
		expect(sixty.warnAt).toEqual(at(sixty.counted[44] ?? '', '08:00'));
		expect(sixty.alertAt).toEqual(at(sixty.counted[53] ?? '', '08:00'));
	});

	it('refuses a limit that is no whole day', () => {
		expect(() => due('2026-11-24', 0)).toThrow(RangeError);
		expect(() => due('2026-11-24', 2.5)).toThrow(RangeError);
	});
});

describe('a pause', () => {
	const paused = (from: [string, string], to: [string, string] | null) =>
		due('2026-11-24', 5, { pauses: [{ from: at(...from), to: to && at(...to) }] });

	it('takes out the days at whose end it stood', () => {
		const deadline = paused(['2026-11-26', '10:00'], ['2026-11-30', '09:00']);
		expect(deadline.dueAt).toEqual(at('2026-12-03', '16:00'));
		expect(deadline.skipped.map(({ date, why }) => `${date} ${why}`)).toEqual([
			'2026-11-26 paused',
			'2026-11-27 paused',
			'2026-11-28 weekend',
			'2026-11-29 weekend'
		]);
	});

	it('costs nothing where it is over before the day ends', () => {
		expect(paused(['2026-11-26', '09:00'], ['2026-11-26', '16:00']).dueAt).toEqual(at('2026-12-01', '16:00'));
		expect(paused(['2026-11-26', '16:01'], ['2026-11-27', '09:00']).dueAt).toEqual(at('2026-12-01', '16:00'));
	});

	it('takes the day where it begins on the stroke of its end', () => {
		expect(paused(['2026-11-26', '16:00'], ['2026-11-26', '16:01']).dueAt).toEqual(at('2026-12-02', '16:00'));
	});

	it('on the day of receipt changes nothing', () => {
		expect(paused(['2026-11-24', '10:00'], ['2026-11-25', '09:00']).dueAt).toEqual(at('2026-12-01', '16:00'));
	});

	it('leaves no deadline and no alarm while it is open', () => {
		expect(paused(['2026-11-28', '10:00'], null)).toEqual({
			dueAt: null,
			counted: ['2026-11-25', '2026-11-26', '2026-11-27'],
			skipped: [],
			provisional: false,
			warnAt: null,
			alertAt: null
		});
	});

	it('does not save a clock that had run out before it', () => {
		expect(paused(['2026-12-01', '16:01'], null).dueAt).toEqual(at('2026-12-01', '16:00'));
	});

	it('can push a deadline into a year without a decree', () => {
		const pauses = [{ from: at('2027-12-28', '10:00'), to: at('2028-01-05', '10:00') }];
		expect(due('2027-12-22', 3).provisional).toBe(false);
		expect(due('2027-12-22', 3, { pauses }).provisional).toBe(true);
	});
});

describe('clocks of calendar days', () => {
	const calendarDue = (date: string, days: number, more: Partial<ClockQuestion> = {}) =>
		due(date, days, { dayUnit: 'calendar', ...more });

	it('count every day', () => {
		const deadline = calendarDue('2026-11-24', 14);
		expect(deadline.dueAt).toEqual(at('2026-12-08', '16:00'));
		expect(deadline.counted).toHaveLength(14);
		expect(deadline.skipped).toEqual([]);
	});

	it.each([
		['a Sunday', '2026-11-29', 14, '2026-12-11', ['Sabtu', 'Minggu']],
		[
			'Christmas and its leave',
			'2026-12-11',
			14,
			'2026-12-23',
			['Cuti bersama Natal', 'Kelahiran Yesus Kristus (Natal)']
		],
		[
			'Lebaran',
			'2026-01-21',
			60,
			'2026-03-17',
			[
				'Cuti bersama Hari Suci Nyepi',
				'Hari Suci Nyepi (Tahun Baru Saka 1948)',
				'Cuti bersama Idul Fitri',
				'Idul Fitri 1447 Hijriah',
				'Idul Fitri 1447 Hijriah'
			]
		]
	])('roll back from %s to the last working day and name the days', (_, received, days, expected, names) => {
		const deadline = calendarDue(received, days);
		expect(deadline.dueAt).toEqual(at(expected, '16:00'));
		expect(deadline.counted.at(-1)).toBe(expected);
		expect(deadline.skipped.map(({ name }) => name)).toEqual(names);
		expect(new Set(deadline.skipped.map(({ why }) => why))).toEqual(new Set(['rolled_back']));
	});

	it('keep their alarms on or before a deadline that was rolled back', () => {
		const deadline = calendarDue('2026-11-29', 14);
		expect(deadline.warnAt).toEqual(at('2026-12-10', '08:00'));
		expect(deadline.alertAt).toEqual(at('2026-12-11', '08:00'));
	});

	it('never pause', () => {
		const pauses = [{ from: at('2026-11-25', '08:00'), to: null }];
		expect(calendarDue('2026-11-24', 14, { pauses })).toEqual(calendarDue('2026-11-24', 14));
	});

	it('are provisional where the roll back may depend on an unknown year', () => {
		expect(calendarDue('2027-12-17', 14).provisional).toBe(false);
		expect(calendarDue('2027-12-20', 14).provisional).toBe(true);
	});

	it('are not due before they began, where no working day lies between', () => {
		const deadline = calendarDue('2026-11-27', 1);
		expect(localDate(deadline.dueAt ?? new Date(0), ZONE)).toBe('2026-11-28');
		expect(deadline.skipped).toEqual([]);
	});
});
