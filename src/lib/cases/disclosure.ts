import type { Category } from './vocabulary.ts';

/** No public number counts fewer reports than this. */
export const FEWEST = 5;
/** Counts are multiples of this: a total that is known exactly from elsewhere, such as a report's number, tells no difference. */
export const STEP = 5;

/** Public figures of an office for a quarter. null: too few to be shown. */
export interface PublicFigures {
	/** Rounded; null: fewer than `FEWEST`, and then no other figure is shown either. */
	received: number | null;
	answered: number | null;
	inTime: number | null;
	medianDays: number | null;
	/** Rounded; small categories are merged under null, which comes last. */
	categories: { value: Category | null; n: number }[];
	/** Scores that reporters gave to answers: their number (rounded), and the share of 4 and 5. */
	scores: { n: number; satisfied: number } | null;
}

export const rounded = (n: number): number => Math.round(n / STEP) * STEP;

/** A share of a group, undefined if it or its rest is a small number: "all but one" reveals as much as "one". */
export function shareTold(part: number, whole: number): number | null {
	const few = (n: number) => n > 0 && n < FEWEST;
	return whole < FEWEST || few(part) || few(whole - part) ? null : part / whole;
}

/**
 * Counts by value, so that none stands for few: the small ones are put together, with what has no value. Where these would
 * still be few, or one alone, whose number is the total less the others, the next larger joins them.
 *
 * @param kept values that always stand among the rest
 */
export function mergedCounts<Value extends string>(
	counts: readonly { value: Value | null; n: number }[],
	kept: readonly Value[] = []
): { value: Value | null; n: number }[] {
	const rest: number[] = [];
	const shown: { value: Value; n: number }[] = [];
	for (const { value, n } of counts) {
		if (n <= 0) continue;
		if (value === null || n < FEWEST || kept.includes(value)) rest.push(n);
		else shown.push({ value, n });
	}
	shown.sort((a, b) => b.n - a.n);
	const sum = () => rest.reduce((all, n) => all + n, 0);
	while (rest.length > 0 && (rest.length === 1 || sum() < FEWEST)) {
		const next = shown.pop();
		if (!next) break;
		rest.push(next.n);
	}
	if (rest.length === 0) return shown;
	// The rest is a small number and nothing can be merged into it: no category is shown.
	if (sum() < FEWEST) return [];
	return [...shown, { value: null, n: sum() }];
}
