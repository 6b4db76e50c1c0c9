import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockTime, Weekday } from '#lib/calendar/days.ts';
import { dutyAt, latestShifts, MIDNIGHT, shiftAt, type Shift } from './duty.ts';

const weekly = (officerId: string, weekday: Weekday, startsAt: ClockTime, endsAt: ClockTime): Shift => ({
	officerId,
	weekday,
	startsAt,
	endsAt,
	day: null
});
const once = (officerId: string, day: string, startsAt: ClockTime, endsAt: ClockTime): Shift => ({
	officerId,
	day,
	startsAt,
	endsAt,
	weekday: null
});

// 23 November 2026 is a Monday.
const MONDAY = '2026-11-23';
const WEEK = [
	weekly('pagi', 1, '08:00', '12:00'),
	weekly('siang', 1, '12:00', '15:00'),
	weekly('malam', 1, '22:00', MIDNIGHT),
	weekly('dini', 2, '00:00', '06:00'),
	weekly('selasa', 2, '08:00', '12:00')
];

describe('shiftAt', () => {
	it.each<[why: string, shifts: Shift[], day: string, time: ClockTime, officer: string | null]>([
		['returns the shift in its first minute', WEEK, MONDAY, '08:00', 'pagi'],
		['returns null one minute before the shift', WEEK, MONDAY, '07:59', null],
		['includes the minute before the end', WEEK, MONDAY, '11:59', 'pagi'],
		['changes to the next shift when one ends and another begins', WEEK, MONDAY, '12:00', 'siang'],
		['returns null after the last shift', WEEK, MONDAY, '15:00', null],
		['includes the last minute before midnight', WEEK, MONDAY, '23:59', 'malam'],
		['uses the next day’s shift from midnight', WEEK, '2026-11-24', '00:00', 'dini'],
		['uses only shifts of the weekday', WEEK, '2026-11-24', '09:00', 'selasa'],
		['returns null on a weekday without shifts', WEEK, '2026-11-25', '09:00', null],
		['repeats each week', WEEK, '2027-01-04', '09:00', 'pagi'],
		[
			'prefers a shift for the single day',
			[...WEEK, once('ganti', MONDAY, '08:00', '12:00')],
			...([MONDAY, '09:00', 'ganti'] as const)
		],
		[
			'uses the weekly shift outside a single-day shift',
			[...WEEK, once('ganti', MONDAY, '09:00', '10:00')],
			...([MONDAY, '10:00', 'pagi'] as const)
		],
		[
			'ignores a single-day shift of another day',
			[once('ganti', '2026-11-30', '08:00', '12:00'), ...WEEK],
			...([MONDAY, '09:00', 'pagi'] as const)
		],
		[
			'uses a single-day shift where the week has none',
			[...WEEK, once('ganti', MONDAY, '15:00', '16:00')],
			...([MONDAY, '15:30', 'ganti'] as const)
		],
		[
			'prefers the shift that began last if two overlap',
			[weekly('lama', 1, '08:00', '12:00'), weekly('baru', 1, '11:00', '14:00')],
			...([MONDAY, '11:30', 'baru'] as const)
		]
	])('%s', (_why, shifts, day, time, officer) => {
		expect(shiftAt(shifts, { day, time })?.officerId ?? null).toBe(officer);
	});

	it('does not depend on the order of the shifts', () => {
		const overlapping = [...WEEK, weekly('lain', 1, '08:00', '13:00'), once('ganti', MONDAY, '09:00', '13:00')];
		const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
		const two = (number: number) => String(number).padStart(2, '0');
		fc.assert(
			fc.property(fc.shuffledSubarray(overlapping, { minLength: overlapping.length }), minute, (shuffled, at) => {
				const moment = { day: MONDAY, time: `${two(Math.floor(at / 60))}:${two(at % 60)}` };
				expect(shiftAt(shuffled, moment)).toEqual(shiftAt(overlapping, moment));
			})
		);
	});
});

describe('latestShifts', () => {
	const relieved = [...WEEK, once('ganti', MONDAY, '08:00', '10:00')];
	it.each<[why: string, shifts: Shift[], time: ClockTime, since: ClockTime, officers: string[]]>([
		['returns the running shift, not one that ended before it', WEEK, '12:00', '11:00', ['siang']],
		['returns all running shifts', [...WEEK, weekly('dua', 1, '09:00', '12:00')], '10:00', '09:00', ['pagi', 'dua']],
		['returns the shift that ended last', WEEK, '15:30', '14:30', ['siang']],
		['returns none that ended before `since`', WEEK, '16:01', '15:01', []],
		['leaves out a relieved officer', relieved, '09:00', '08:00', ['ganti']],
		['returns the weekly officer who came back', relieved, '10:00', '09:00', ['pagi']],
		[
			'leaves out an officer who was relieved to the end',
			[weekly('pagi', 1, '08:00', '12:00'), once('ganti', MONDAY, '11:00', '12:00')],
			...(['12:30', '11:30', ['ganti']] as [ClockTime, ClockTime, string[]])
		],
		['returns none before the first shift', WEEK, '07:00', '06:00', []]
	])('%s', (_why, shifts, time, since, expected) => {
		expect(latestShifts(shifts, { day: MONDAY, time }, since).map(({ officerId }) => officerId)).toEqual(expected);
	});
});

describe('dutyAt', () => {
	const all = new Set(['pemilik', 'pagi', 'siang']);
	const desk = { officerId: 'pemilik', shifts: WEEK };

	it.each<
		[why: string, desk: Parameters<typeof dutyAt>[0], time: ClockTime, present: Set<string>, expected: string | null]
	>([
		['a shift takes precedence over the desk’s own officer', desk, '09:00', all, 'pagi'],
		['without a shift returns the desk’s own officer', desk, '16:00', all, 'pemilik'],
		['returns null for a desk without shift and own officer', { officerId: null, shifts: [] }, '09:00', all, null],
		['returns null if the shift’s officer is absent', desk, '09:00', new Set(['pemilik']), null],
		['returns null if the desk’s own officer is absent', desk, '16:00', new Set(['pagi']), null]
	])('%s', (_why, input, time, present, expected) => {
		expect(dutyAt(input, { day: MONDAY, time }, present)).toBe(expected);
	});
});
