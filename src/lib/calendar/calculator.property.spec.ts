import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeDue, type ClockQuestion, type Deadline, type Pause } from './calculator.ts';
import { HOLIDAYS, DEFAULT_CALENDAR } from './holidays.ts';
import { DEFAULT_WORKDAY_HOURS, workdayEnd } from './workday-hours.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2025, 0, 1);
const OFFSETS = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 };

const instant = fc.integer({ min: 0, max: 3 * 365 * 24 * 60 }).map((minute) => new Date(FROM + minute * 60_000));
const zone = fc.constantFrom(...(Object.keys(OFFSETS) as (keyof typeof OFFSETS)[]));
const length = fc.integer({ min: 1, max: 60 });

function question(start: Date, days: number, inZone: string, more: Partial<ClockQuestion> = {}): ClockQuestion {
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

/** A pause that begins up to 40 days after `start` and lasts up to 30. */
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

/** Days of an explanation in order, each with its kind. */
function explained({ counted, skipped }: Deadline): string[] {
	return [...counted, ...skipped.map(({ date }) => date)].sort();
}

/** Computes the same days from milliseconds and the fixed offsets of Indonesia's zones, which have no summer time. */
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

describe('every deadline of working days', () => {
	it('is explained day by day, with no day missing, doubled or beyond', () => {
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

	it('has no due time exactly when an open pause begins by then', () => {
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

	it('comes after its warnings, which come after the receipt', () => {
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

describe('every deadline of calendar days', () => {
	it('explains all its days and falls on the last working day', () => {
		fc.assert(
			fc.property(instant, fc.integer({ min: 14, max: 60 }), zone, (start, days, inZone) => {
				const deadline = computeDue(question(start, days, inZone, { dayUnit: 'calendar' }));
				const span = explained(deadline);
				expect(span).toEqual(daysAfter(start, span.at(-1) ?? '', OFFSETS[inZone]));
				expect(span).toHaveLength(days);
				const last = span.findLast(worked) ?? '';
				expect(deadline.counted.at(-1)).toBe(last);
				expect(deadline.dueAt).toEqual(workdayEnd(last, DEFAULT_WORKDAY_HOURS, inZone));
				expect(deadline.skipped.filter(({ why }) => why !== 'rolled_back')).toEqual([]);
			})
		);
	});
});
