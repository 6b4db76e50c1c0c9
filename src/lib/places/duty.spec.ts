import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClockTime, Weekday } from '#lib/calendar/days.ts';
import { dutyAt, MIDNIGHT, shiftAt, type Shift } from './duty.ts';

const weekly = (officerId: string, weekday: Weekday, startsAt: ClockTime, endsAt: ClockTime): Shift => ({
	...{ officerId, weekday, startsAt, endsAt },
	day: null
});
const once = (officerId: string, day: string, startsAt: ClockTime, endsAt: ClockTime): Shift => ({
	...{ officerId, day, startsAt, endsAt },
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

describe('who is on duty', () => {
	it.each<[why: string, shifts: Shift[], day: string, time: ClockTime, officer: string | null]>([
		['begins with the first minute', WEEK, MONDAY, '08:00', 'pagi'],
		['has not begun a minute before', WEEK, MONDAY, '07:59', null],
		['lasts to the minute before its end', WEEK, MONDAY, '11:59', 'pagi'],
		['is handed over where one ends and another begins', WEEK, MONDAY, '12:00', 'siang'],
		['is nobody after the last one', WEEK, MONDAY, '15:00', null],
		['lasts to midnight', WEEK, MONDAY, '23:59', 'malam'],
		['is the next day’s from midnight on', WEEK, '2026-11-24', '00:00', 'dini'],
		['belongs to its weekday alone', WEEK, '2026-11-24', '09:00', 'selasa'],
		['is nobody on a weekday without shifts', WEEK, '2026-11-25', '09:00', null],
		['comes again each week', WEEK, '2027-01-04', '09:00', 'pagi'],
		[
			'is who has that day alone, before the week’s',
			[...WEEK, once('ganti', MONDAY, '08:00', '12:00')],
			...([MONDAY, '09:00', 'ganti'] as const)
		],
		[
			'is the week’s again around a part of that day',
			[...WEEK, once('ganti', MONDAY, '09:00', '10:00')],
			...([MONDAY, '10:00', 'pagi'] as const)
		],
		[
			'is not touched by another day’s stand-in',
			[once('ganti', '2026-11-30', '08:00', '12:00'), ...WEEK],
			...([MONDAY, '09:00', 'pagi'] as const)
		],
		[
			'is filled by a single day where the week has a gap',
			[...WEEK, once('ganti', MONDAY, '15:00', '16:00')],
			...([MONDAY, '15:30', 'ganti'] as const)
		],
		[
			'is who came last where two overlap',
			[weekly('lama', 1, '08:00', '12:00'), weekly('baru', 1, '11:00', '14:00')],
			...([MONDAY, '11:30', 'baru'] as const)
		]
	])('%s', (_why, shifts, day, time, officer) => {
		expect(shiftAt(shifts, { day, time })?.officerId ?? null).toBe(officer);
	});

	it('is the same in whatever order the shifts are kept', () => {
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

describe('who is named at a desk', () => {
	const all = new Set(['pemilik', 'pagi', 'siang']);
	const desk = { officerId: 'pemilik', shifts: WEEK };

	it.each<[why: string, desk: Parameters<typeof dutyAt>[0], time: ClockTime, present: Set<string>, who: string | null]>(
		[
			['the shift goes before the desk’s own officer', desk, '09:00', all, 'pagi'],
			['without a shift it is the desk’s own officer', desk, '16:00', all, 'pemilik'],
			['a desk without either has nobody', { officerId: null, shifts: [] }, '09:00', all, null],
			['an absent officer is not replaced by a guess', desk, '09:00', new Set(['pemilik']), null],
			['an absent own officer is not named', desk, '16:00', new Set(['pagi']), null]
		]
	)('%s', (_why, given, time, present, who) => {
		expect(dutyAt(given, { day: MONDAY, time }, present)).toBe(who);
	});
});
