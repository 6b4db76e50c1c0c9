import { describe, expect, it } from 'vitest';
import { computeDue, type ClockInput, type Deadline } from './deadline-calculator.ts';
import { DEFAULT_CALENDAR, HOLIDAYS } from './holidays.ts';
import { DEFAULT_WORKDAY_HOURS } from './workday-hours.ts';

/*
 * Deadlines computed independently. The days off come from the decrees (holidays.spec.ts). Everything else is computed
 * with UTC dates and fixed offsets, without code of the calculator or its calendar.
 */
const OFFSETS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;
type Zone = keyof typeof OFFSETS;
const ZONES = Object.keys(OFFSETS) as Zone[];

const OFF = new Set(HOLIDAYS.map(({ date }) => date));

const DAY = 86_400_000;
const dayAfter = (date: string, days = 1) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);
const works = (date: string) => ![0, 6].includes(new Date(date).getUTCDay()) && !OFF.has(date);
const instant = (date: string, time: string, zone: Zone) =>
	new Date(Date.parse(`${date}T${time}:00Z`) - OFFSETS[zone] * 3_600_000);

function ask(received: string, time: string, days: number, zone: Zone, more: Partial<ClockInput> = {}): Deadline {
	return computeDue({
		start: instant(received, time, zone),
		days,
		dayUnit: 'working',
		calendar: DEFAULT_CALENDAR,
		hours: DEFAULT_WORKDAY_HOURS,
		zone,
		...more
	});
}

/**
 * Checks that every day after the arrival up to the due day is in the explanation once, and that n of them are counted.
 */
function expectArithmetic(deadline: Deadline, received: string, n: number, zone: Zone): void {
	const explained = [...deadline.counted, ...deadline.skipped.map(({ date }) => date)].sort();
	expect(explained).toEqual(explained.map((_, index) => dayAfter(received, index + 1)));
	expect(deadline.counted).toHaveLength(n);
	const last = deadline.counted.at(-1) ?? '';
	expect(deadline.dueAt).toEqual(instant(last, '16:00', zone));
	expect(deadline.warnAt).toEqual(instant(deadline.counted[Math.ceil(n * 0.75) - 1] ?? '', '08:00', zone));
	const alerted = deadline.counted[Math.ceil((n * 9) / 10) - 1] ?? '';
	expect(deadline.alertAt).toEqual(instant(alerted, '08:00', zone));
}

/** Deadlines by day of arrival, in working days: verification 3, first reply 5, plain solution 14, oversight 60. */
const TABLE: [what: string, received: string, due: Record<number, string>][] = [
	['an ordinary Tuesday', '2026-11-24', { 3: '2026-11-27', 5: '2026-12-01', 14: '2026-12-14', 60: '2027-02-23' }],
	['before Lebaran 2025', '2025-03-27', { 3: '2025-04-10', 5: '2025-04-14', 14: '2025-04-28', 60: '2025-07-11' }],
	['in Lebaran 2025', '2025-04-02', { 3: '2025-04-10', 5: '2025-04-14', 14: '2025-04-28', 60: '2025-07-11' }],
	['before Lebaran 2026', '2026-03-17', { 3: '2026-03-27', 5: '2026-03-31', 14: '2026-04-14', 60: '2026-06-26' }],
	['on Idul Fitri 2026', '2026-03-21', { 3: '2026-03-27', 5: '2026-03-31', 14: '2026-04-14', 60: '2026-06-26' }],
	['before Lebaran 2027', '2027-03-05', { 3: '2027-03-18', 5: '2027-03-22', 14: '2027-04-06', 60: '2027-06-17' }],
	['over the year end of 2025', '2025-12-24', { 3: '2025-12-31', 5: '2026-01-05', 14: '2026-01-19', 60: '2026-04-02' }],
	['over the year end of 2026', '2026-12-23', { 3: '2026-12-30', 5: '2027-01-04', 14: '2027-01-18', 60: '2027-04-05' }],
	['on New Year 2027', '2027-01-01', { 3: '2027-01-07', 5: '2027-01-11', 14: '2027-01-22', 60: '2027-04-09' }],
	['the leave of August 2025', '2025-08-15', { 3: '2025-08-21', 5: '2025-08-25', 14: '2025-09-08', 60: '2025-11-11' }],
	['on a Saturday', '2026-08-15', { 3: '2026-08-20', 5: '2026-08-24', 14: '2026-09-07', 60: '2026-11-10' }],
	['feasts of May 2027', '2027-05-14', { 3: '2027-05-25', 5: '2027-05-27', 14: '2027-06-10', 60: '2027-08-13' }]
];

describe.each(ZONES)('the clocks of working days in %s', (zone) => {
	it.each(TABLE)('%s (%s)', (_, received, due) => {
		for (const [n, expected] of Object.entries(due)) {
			// The day of arrival is day 0 from its first to its last minute.
			for (const time of ['00:00', '07:59', '16:00', '23:59']) {
				const deadline = ask(received, time, Number(n), zone);
				expect([n, deadline.counted.at(-1)]).toEqual([n, expected]);
				expectArithmetic(deadline, received, Number(n), zone);
				expect(deadline.provisional).toBe(false);
			}
		}
	});

	it('equals an independent computation for every day of three years', () => {
		for (let received = '2025-01-01'; received <= '2027-11-30'; received = dayAfter(received)) {
			for (const n of [3, 5, 10, 14]) {
				let expected = received;
				for (let remaining = n; remaining > 0;) {
					expected = dayAfter(expected);
					if (works(expected)) remaining -= 1;
				}
				const deadline = ask(received, '10:00', n, zone);
				expect([received, n, deadline.counted.at(-1)]).toEqual([received, n, expected]);
				expect(deadline.skipped.filter(({ date }) => works(date))).toEqual([]);
			}
		}
	});

	it('equals an independent computation for calendar days, moved back to the last working day', () => {
		for (let received = '2025-01-01'; received <= '2027-10-31'; received = dayAfter(received)) {
			for (const n of [14, 30, 60]) {
				let expected = dayAfter(received, n);
				while (!works(expected)) expected = dayAfter(expected, -1);
				const { dueAt, skipped } = ask(received, '10:00', n, zone, { dayUnit: 'calendar' });
				expect([received, n, dueAt]).toEqual([received, n, instant(expected, '16:00', zone)]);
				expect(skipped.map(({ why }) => why)).toEqual(skipped.map(() => 'rolled_back'));
				expect(skipped.map(({ date }) => date)).toEqual(skipped.map((_, index) => dayAfter(expected, index + 1)));
				expect(dayAfter(expected, skipped.length)).toBe(dayAfter(received, n));
			}
		}
	});

	it.each([
		['reaches the last decreed day', '2027-12-28', 3, '2027-12-31', false],
		['goes beyond it', '2027-12-28', 4, '2028-01-03', true],
		['begins beyond it', '2028-03-01', 5, '2028-03-08', true],
		['ends before it, and is sure', '2027-12-20', 5, '2027-12-28', false],
		['of sixty days from autumn', '2027-10-15', 60, '2028-01-10', true]
	])('a deadline that %s: %s + %i', (_, received, n, expected, provisional) => {
		const deadline = ask(received, '10:00', n, zone);
		expect([deadline.counted.at(-1), deadline.provisional]).toEqual([expected, provisional]);
		expectArithmetic(deadline, received, n, zone);
	});

	it('uses the office hours of a Friday, of Ramadan, and of a Friday in Ramadan', () => {
		const hours = {
			...DEFAULT_WORKDAY_HOURS,
			weekdays: { 5: { start: '08:00', end: '16:30' } },
			periods: [
				{
					name: 'Ramadan 1447',
					from: '2026-02-18',
					to: '2026-03-19',
					start: '08:00',
					end: '15:00',
					weekdays: { 5: { start: '08:30', end: '15:30' } }
				}
			]
		};
		const due = (received: string, days: number) => ask(received, '10:00', days, zone, { hours });
		expect(due('2026-11-24', 3).dueAt).toEqual(instant('2026-11-27', '16:30', zone));
		expect(due('2026-11-24', 4).dueAt).toEqual(instant('2026-11-30', '16:00', zone));
		expect(due('2026-02-23', 2).dueAt).toEqual(instant('2026-02-25', '15:00', zone));
		const friday = due('2026-02-23', 4);
		expect(friday.dueAt).toEqual(instant('2026-02-27', '15:30', zone));
		expect(friday.alertAt).toEqual(instant('2026-02-27', '08:30', zone));
		// A pause from 15:10: after the end of a day in Ramadan, before the end of a Friday in Ramadan.
		const pausedFrom = (day: string) => {
			const pauses = [{ from: instant(day, '15:10', zone), to: instant('2026-03-02', '08:00', zone) }];
			return ask('2026-02-23', '10:00', 4, zone, { hours, pauses }).skipped.filter(({ why }) => why === 'paused')
				.length;
		};
		expect(pausedFrom('2026-02-26')).toBe(1);
		expect(pausedFrom('2026-02-27')).toBe(1);
	});
});
