import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { grainOf, selectableKeys, periodOfKey, type PeriodKey } from '#lib/ratings/period-key.ts';
import type { Period } from '#lib/ratings/period.ts';

export const RECAP_GRAINS = ['month', 'quarter'] as const;
export type RecapGrain = (typeof RECAP_GRAINS)[number];

/** The days of `2026-07` or `2026-Q3`, whether or not they have passed; undefined if it names neither. */
export function recapPeriod(key: PeriodKey): Period | undefined {
	return grainOf(key) === 'year' ? undefined : periodOfKey(key, '2199-12-31');
}

/** The periods of that length which are over, newest first. */
export function finishedKeys(grain: RecapGrain, today: LocalDate): PeriodKey[] {
	// As seen from yesterday a period that ended then is the running one, which is offered too.
	return selectableKeys(addDays(today, -1))[grain].filter((key) => (recapPeriod(key)?.to ?? today) < today);
}
