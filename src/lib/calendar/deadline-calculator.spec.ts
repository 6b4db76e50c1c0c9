import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeDue, type ClockInput, type Deadline, type Pause } from './deadline-calculator.ts';
import { instantAt } from './days.ts';
import { HOLIDAYS, DEFAULT_CALENDAR } from './holidays.ts';
import { DEFAULT_WORKDAY_HOURS, workdayEnd } from './workday-hours.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2025, 0, 1);
const OFFSETS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 };

const instant = fc.integer({ min: 0, max: 3 * 365 * 24 * 60 }).map((minute) => new Date(FROM + minute * 60_000));
const zone = fc.constantFrom(...(Object.keys(OFFSETS) as (keyof typeof OFFSETS)[]));
const length = fc.integer({ min: 1, max: 60 });

function question(start: Date, days: number, inZone: string, more: Partial<ClockInput> = {}): ClockInput {
	return {
		start,
		days,
		dayUnit: 'working',
		calendar: DEFAULT_CALENDAR,
		hours: DEFAULT_WORKDAY_HOURS,
		zone: inZone,
		...more
	};
}

/** A pause that begins up to 40 days after `start` and lasts up to 30 days. */
const pauseAfter = (start: Date): fc.Arbitrary<Pause> =>
	fc
		.record({ after: fc.integer({ min: 0, max: 40 * 24 }), hours: fc.integer({ min: 0, max: 30 * 24 }) })
		.map(({ after, hours }) => {
			const from = new Date(start.getTime() + after * HOUR);
			return { from, to: new Date(from.getTime() + hours * HOUR) };
		});

const pausedCase = instant.chain((start) =>
	fc.record({
		start: fc.constant(start),
		pauses: fc.array(pauseAfter(start), { maxLength: 3 }),
		more: pauseAfter(start)
	})
);

/** All days of the explanation, counted and skipped, in order. */
function explained({ counted, skipped }: Deadline): string[] {
	return [...counted, ...skipped.map(({ date }) => date)].sort();
}

/**
 * Computes the expected days from milliseconds and the fixed offsets of Indonesia's zones, which have no summer time.
 */
function daysAfter(start: Date, last: string, offset: number): string[] {
	const days: string[] = [];
	for (let time = start.getTime() + offset * HOUR + DAY; ; time += DAY) {
		const day = new Date(time).toISOString().slice(0, 10);
		if (day > last) return days;
		days.push(day);
	}
}

const holidays = new Set(HOLIDAYS.map(({ date }) => date));
const worked = (day: string) => !holidays.has(day) && ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

describe('every deadline', () => {
	it('is explained day by day, without missing, repeated or additional days', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, ({ start, pauses }, days, inZone) => {
				const deadline = computeDue(question(start, days, inZone, { pauses }));
				const last = deadline.counted.at(-1) ?? '';
				expect(explained(deadline)).toEqual(daysAfter(start, last, OFFSETS[inZone]));
				expect(deadline.counted).toHaveLength(days);
				expect(deadline.dueAt).toEqual(workdayEnd(last, DEFAULT_WORKDAY_HOURS, inZone));
			})
		);
	});

	it('counts exactly the working days outside pauses', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, ({ start, pauses }, days, inZone) => {
				const { counted, skipped } = computeDue(question(start, days, inZone, { pauses }));
				const standsAtEnd = (day: string) => {
					const end = Date.parse(`${day}T16:00:00Z`) - OFFSETS[inZone] * HOUR;
					return pauses.some(({ from, to }) => from.getTime() <= end && to !== null && end < to.getTime());
				};
				expect(counted.filter((day) => !worked(day) || standsAtEnd(day))).toEqual([]);
				expect(skipped.filter(({ date }) => worked(date) && !standsAtEnd(date))).toEqual([]);
				for (const { date, why } of skipped) expect(why === 'paused').toBe(worked(date));
			})
		);
	});

	it('never moves earlier when a pause is added', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, ({ start, pauses, more }, days, inZone) => {
				const before = computeDue(question(start, days, inZone, { pauses })).dueAt;
				const after = computeDue(question(start, days, inZone, { pauses: [...pauses, more] })).dueAt;
				expect(Number(after)).toBeGreaterThanOrEqual(Number(before));
			})
		);
	});

	it('is null exactly when an open pause begins before or at the due time', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, ({ start, more }, days, inZone) => {
				const { dueAt } = computeDue(question(start, days, inZone));
				const open = computeDue(question(start, days, inZone, { pauses: [{ from: more.from, to: null }] }));
				expect(open.dueAt).toEqual(Number(more.from) <= Number(dueAt) ? null : dueAt);
				if (open.dueAt === null) expect([open.warnAt, open.alertAt]).toEqual([null, null]);
			})
		);
	});

	it('is no earlier for a later start, and later for more days', () => {
		fc.assert(
			fc.property(instant, fc.integer({ min: 0, max: 72 }), length, zone, (start, hours, days, inZone) => {
				const later = new Date(start.getTime() + hours * HOUR);
				const { dueAt } = computeDue(question(start, days, inZone));
				expect(Number(computeDue(question(later, days, inZone)).dueAt)).toBeGreaterThanOrEqual(Number(dueAt));
				expect(Number(computeDue(question(start, days + 1, inZone)).dueAt)).toBeGreaterThan(Number(dueAt));
			})
		);
	});

	it('comes after its warnings, which come after the arrival', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, fc.boolean(), ({ start, pauses }, days, inZone, byWork) => {
				const dayUnit = byWork ? 'working' : 'calendar';
				const { warnAt, alertAt, dueAt } = computeDue(question(start, days, inZone, { pauses, dayUnit }));
				const order = [start, warnAt, alertAt, dueAt].map(Number);
				expect(order).toEqual(order.toSorted((a, b) => a - b));
			})
		);
	});

	it('is provisional exactly when it reaches a year without a decree', () => {
		fc.assert(
			fc.property(pausedCase, length, zone, fc.boolean(), ({ start, pauses }, days, inZone, byWork) => {
				const dayUnit = byWork ? 'working' : 'calendar';
				const deadline = computeDue(question(start, days, inZone, { pauses, dayUnit }));
				expect(deadline.provisional).toBe((explained(deadline).at(-1) ?? '') >= '2028-01-01');
			})
		);
	});
});

const ZONE = 'Asia/Makassar';
const at = (date: string, time: string) => instantAt(date, time, ZONE);
const due = (date: string, days: number, more: Partial<ClockInput> = {}) =>
	computeDue(question(at(date, '10:00'), days, ZONE, more));

describe('a clock of working days', () => {
	it('of five days from 24 November 2026 ends on Tuesday 1 December, with its explanation', () => {
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

	it('gives each day of Lebaran its own reason', () => {
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

	it('refuses a number of days that is not a positive integer', () => {
		expect(() => due('2026-11-24', 0)).toThrow(RangeError);
		expect(() => due('2026-11-24', 2.5)).toThrow(RangeError);
	});

	it.each([
		['over before the day ends', '2026-11-24', '2026-11-26 09:00', '2026-11-26 16:00', '2026-12-01'],
		['begun after the day ended', '2026-11-24', '2026-11-26 16:01', '2026-11-27 09:00', '2026-12-01'],
		['begun on the stroke of its end', '2026-11-24', '2026-11-26 16:00', '2026-11-26 16:01', '2026-12-02'],
		['on the day of arrival', '2026-11-24', '2026-11-24 10:00', '2026-11-25 09:00', '2026-12-01'],
		['over two days and a weekend', '2026-11-24', '2026-11-26 10:00', '2026-11-30 09:00', '2026-12-03'],
		['over Lebaran', '2026-03-16', '2026-03-17 15:00', '2026-03-26 09:00', '2026-04-01'],
		['over a year end', '2026-12-21', '2026-12-22 10:00', '2027-01-06 10:00', '2027-01-12']
	])('with a pause %s', (_, received, from, to, expected) => {
		const [begin, end] = [from, to].map((text) => at(text.slice(0, 10), text.slice(11)));
		const pauses = [{ from: begin ?? new Date(0), to: end ?? null }];
		expect(due(received, 5, { pauses }).dueAt).toEqual(at(expected, '16:00'));
	});

	it('has no deadline and no warnings while a pause is open', () => {
		expect(due('2026-11-24', 5, { pauses: [{ from: at('2026-11-28', '10:00'), to: null }] })).toEqual({
			dueAt: null,
			counted: ['2026-11-25', '2026-11-26', '2026-11-27'],
			skipped: [],
			provisional: false,
			warnAt: null,
			alertAt: null
		});
	});
});

describe('a clock of calendar days', () => {
	const calendarDue = (date: string, days: number, more: Partial<ClockInput> = {}) =>
		due(date, days, { dayUnit: 'calendar', ...more });

	it.each([
		['2026-11-24', 14, '2026-12-08', []],
		['2026-11-29', 14, '2026-12-11', ['Sabtu', 'Minggu']],
		['2026-12-11', 14, '2026-12-23', ['Cuti bersama Natal', 'Kelahiran Yesus Kristus (Natal)']]
	])('%s and %i days rolls back to %s over %j', (received, days, expected, names) => {
		const deadline = calendarDue(received, days);
		expect(deadline.dueAt).toEqual(at(expected, '16:00'));
		expect(deadline.counted.at(-1)).toBe(expected);
		expect(deadline.counted).toHaveLength(days - names.length);
		expect(deadline.skipped.map(({ why, name }) => [why, name])).toEqual(names.map((name) => ['rolled_back', name]));
	});

	it('keeps its warnings on or before a deadline that was moved back', () => {
		const { warnAt, alertAt } = calendarDue('2026-11-29', 14);
		expect([warnAt, alertAt]).toEqual([at('2026-12-10', '08:00'), at('2026-12-11', '08:00')]);
	});

	it('never pauses', () => {
		const pauses = [{ from: at('2026-11-25', '08:00'), to: null }];
		expect(calendarDue('2026-11-24', 14, { pauses })).toEqual(calendarDue('2026-11-24', 14));
	});

	it('keeps the limit if there is no working day between arrival and limit', () => {
		expect(calendarDue('2026-11-27', 1)).toMatchObject({ dueAt: at('2026-11-28', '16:00'), skipped: [] });
	});
});
