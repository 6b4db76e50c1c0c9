import { expect, test } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { backupsToKeep, daysOfDeletion } from './rules.ts';

const backup = (day: string) => ({ day });
const daysOf = (kept: Set<{ day: string }>) => [...kept].map(({ day }) => day).sort();

/** One backup a day for the given number of days, newest first. */
const daily = (newest: string, days: number) => Array.from({ length: days }, (_, n) => backup(addDays(newest, -n)));

test('keeps the newest days, weeks (Monday to Sunday) and months of daily backups', () => {
	// 26 November 2026 is a Thursday.
	const kept = backupsToKeep(daily('2026-11-26', 100), { daily: 3, weekly: 3, monthly: 3 });
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

test('keeps the newest of several backups of one day', () => {
	const [late, early] = [backup('2026-11-26'), backup('2026-11-26')];
	expect(backupsToKeep([late, early], { daily: 7, weekly: 0, monthly: 0 })).toEqual(new Set([late]));
});

test('does not count days without a backup, so a closed office keeps its backups', () => {
	const old = [backup('2026-11-26'), backup('2026-06-01'), backup('2026-01-01')];
	expect(backupsToKeep(old, { daily: 3, weekly: 0, monthly: 0 }).size).toBe(3);
});

test('keeps the newest backup whatever the rules are', () => {
	const only = backup('2020-01-01');
	expect(backupsToKeep([only], { daily: 0, weekly: 0, monthly: 0 })).toEqual(new Set([only]));
	expect(backupsToKeep([], { daily: 1, weekly: 1, monthly: 1 }).size).toBe(0);
});

test('tells the day on which each backup will be deleted, as deleting day by day does', () => {
	const rules = { daily_on: 'on', hour: 1, daily: 3, weekly: 2, monthly: 2 } as const;
	const today = '2026-11-26';
	const newestFirst = (list: Iterable<{ day: string }>) =>
		[...list].sort((one, other) => (one.day < other.day ? 1 : -1));
	const made = newestFirst(backupsToKeep(daily(today, 100), rules));
	const told = daysOfDeletion(made, rules, today);
	let kept = made;
	for (let day = today; kept.some((backup) => made.includes(backup)); day = addDays(day, 1)) {
		if (day > today) kept = newestFirst(backupsToKeep([{ day }, ...kept], rules));
		expect(made.filter((backup) => (told.get(backup) ?? '') > day)).toEqual(
			made.filter((backup) => kept.includes(backup))
		);
	}
	// October's stays until there is one of December.
	expect([...told.values()].sort().at(-1)).toBe('2026-12-01');
	expect(daysOfDeletion(made, { ...rules, daily_on: 'off' }, today).size).toBe(0);
});
