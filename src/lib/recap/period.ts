import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { grainOf, selectableKeys, periodOfKey, type PeriodKey } from '#lib/ratings/period-key.ts';
import type { Period } from '#lib/ratings/period.ts';

export const RECAP_GRAINS = ['month', 'quarter'] as const;
export type RecapGrain = (typeof RECAP_GRAINS)[number];

/** The days of a month (`2026-07`) or quarter (`2026-Q3`), also in the future; undefined for any other key. */
export function recapPeriod(key: PeriodKey): Period | undefined {
	return grainOf(key) === 'year' ? undefined : periodOfKey(key, '2199-12-31');
}

/** The finished months or quarters, newest first. */
export function finishedKeys(grain: RecapGrain, today: LocalDate): PeriodKey[] {
	// Seen from yesterday, a period that ended yesterday is the running one, which `selectableKeys` includes.
	return selectableKeys(addDays(today, -1))[grain].filter((key) => (recapPeriod(key)?.to ?? today) < today);
}
