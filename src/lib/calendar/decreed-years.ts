import { yearOf, type LocalDate } from './days.ts';

/** The ministers decree a year's days off in the autumn before it: from then on a missing decree is a task. */
const ANNOUNCED_FROM = '10-01';

/**
 * Years whose decree is missed on `today`: the running one, and from October on the next one. Before that no decree can
 * be expected, and nobody is bothered.
 */
export function yearsMissed(today: LocalDate, loaded: readonly number[]): number[] {
	const year = yearOf(today);
	const expected = today.slice(5) >= ANNOUNCED_FROM ? [year, year + 1] : [year];
	return expected.filter((one) => !loaded.includes(one));
}
