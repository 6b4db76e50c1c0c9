import { expect, test } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { keptBackups } from './rules.ts';

const backup = (day: string) => ({ day });
const daysOf = (kept: Set<{ day: string }>) => [...kept].map(({ day }) => day).sort();

/** One backup a day for the given number of days, newest first. */
const daily = (newest: string, days: number) => Array.from({ length: days }, (_, n) => backup(addDays(newest, -n)));

test('of one a day the newest days, Mondays to Sundays and months are kept', () => {
	// 26 November 2026 is a Thursday.
	const kept = keptBackups(daily('2026-11-26', 100), { daily: 3, weekly: 3, monthly: 3 });
	expect(daysOf(kept)).toEqual([
		'2026-09-30',
		'2026-10-31',
		'2026-11-15',
		'2026-11-22',
		'2026-11-24',
		'2026-11-25',
		'2026-11-26'
	]);
});

test('of several on one day the newest is kept', () => {
	const [late, early] = [backup('2026-11-26'), backup('2026-11-26')];
	expect(keptBackups([late, early], { daily: 7, weekly: 0, monthly: 0 })).toEqual(new Set([late]));
});

test('days without a backup take no place: an office that was closed keeps what it has', () => {
	const old = [backup('2026-11-26'), backup('2026-06-01'), backup('2026-01-01')];
	expect(keptBackups(old, { daily: 3, weekly: 0, monthly: 0 }).size).toBe(3);
});

test('the newest is kept whatever the numbers say', () => {
	const only = backup('2020-01-01');
	expect(keptBackups([only], { daily: 0, weekly: 0, monthly: 0 })).toEqual(new Set([only]));
	expect(keptBackups([], { daily: 1, weekly: 1, monthly: 1 }).size).toBe(0);
});
