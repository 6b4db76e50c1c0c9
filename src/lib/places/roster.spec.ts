import { describe, expect, it } from 'vitest';
import { MIDNIGHT, type Shift } from './duty.ts';
import { findOverlap, weekdayCopy, dayShiftInput, weekShiftInput } from './roster.ts';

const MORNING: Shift = { officerId: 'pagi', weekday: 1, day: null, startsAt: '08:00', endsAt: '12:00' };
const officerId = '00000000-0000-4000-8000-000000000000';

describe('findOverlap', () => {
	it.each<[string, Partial<Shift>, boolean]>([
		['ends where the other begins', { startsAt: '12:00', endsAt: '15:00' }, false],
		['begins where the other ends', { startsAt: '06:00', endsAt: '08:00' }, false],
		['overlaps by one minute', { startsAt: '11:59', endsAt: '15:00' }, true],
		['is inside the other', { startsAt: '09:00', endsAt: '10:00' }, true],
		['covers the other', { startsAt: '00:00', endsAt: MIDNIGHT }, true],
		['is on another weekday', { weekday: 2 }, false],
		['is on a single day, which takes precedence over the week', { weekday: null, day: '2026-11-23' }, false]
	])('%s', (_what, other, expected) => {
		expect(findOverlap({ ...MORNING, ...other }, [MORNING]) !== undefined).toBe(expected);
	});

	it('single-day shifts overlap only on the same date', () => {
		const single = { ...MORNING, weekday: null, day: '2026-11-23' };
		expect(findOverlap(single, [single])).toBe(single);
		expect(findOverlap({ ...single, day: '2026-11-30' }, [single])).toBeUndefined();
	});
});

describe('shift forms', () => {
	const codes = (schema: typeof weekShiftInput | typeof dayShiftInput | typeof weekdayCopy, raw: unknown) =>
		(schema.safeParse(raw).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

	it('parse weekdays, and midnight as the end of the day', () => {
		const read = weekShiftInput.parse({ officerId, weekdays: ['1', '5'], startsAt: '22:00', endsAt: '00:00' });
		expect(read).toEqual({ officerId, weekdays: [1, 5], startsAt: '22:00', endsAt: MIDNIGHT });
	});

	it.each([
		['weekdays: roster_weekdays', weekShiftInput, { officerId, startsAt: '08:00', endsAt: '12:00' }],
		['weekdays.0: roster_weekdays', weekShiftInput, { officerId, weekdays: ['8'], startsAt: '08:00', endsAt: '12:00' }],
		['endsAt: roster_order', weekShiftInput, { officerId, weekdays: ['1'], startsAt: '12:00', endsAt: '12:00' }],
		['startsAt: roster_time', weekShiftInput, { officerId, weekdays: ['1'], startsAt: '08.00', endsAt: '12:00' }],
		[
			'officerId: roster_officer',
			weekShiftInput,
			{ officerId: '', weekdays: ['1'], startsAt: '08:00', endsAt: '09:00' }
		],
		['day: admin_date', dayShiftInput, { officerId, day: '2026-02-30', startsAt: '08:00', endsAt: '09:00' }],
		['day: admin_date', dayShiftInput, { officerId, startsAt: '08:00', endsAt: '09:00' }],
		['to: roster_weekdays', weekdayCopy, { from: '1' }]
	])('refuse invalid input: %s', (expected, schema, raw) => {
		expect(codes(schema, raw)).toEqual([expected]);
	});
});
