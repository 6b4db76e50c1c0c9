import { addDays, weekday, type LocalDate } from '#lib/calendar/days.ts';

/** How many daily, weekly (from Monday) and monthly backups are kept: the newest of each day, week and month. */
export interface Keeping {
	daily: number;
	weekly: number;
	monthly: number;
}

const spanOf: Record<keyof Keeping, (day: LocalDate) => string> = {
	daily: (day) => day,
	weekly: (day) => addDays(day, 1 - weekday(day)),
	monthly: (day) => day.slice(0, 7)
};

/**
 * Which of the backups are kept. The newest is always among them.
 *
 * @param newestFirst with the day on which each was made, in the office's zone
 */
export function keptBackups<T extends { day: LocalDate }>(newestFirst: readonly T[], keeping: Keeping): Set<T> {
	const kept = new Set<T>(newestFirst.slice(0, 1));
	for (const [kind, number] of Object.entries(keeping) as [keyof Keeping, number][]) {
		const spans = new Set<string>();
		for (const backup of newestFirst) {
			const span = spanOf[kind](backup.day);
			if (spans.has(span)) continue;
			if (spans.size === number) break;
			spans.add(span);
			kept.add(backup);
		}
	}
	return kept;
}
