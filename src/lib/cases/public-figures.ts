import type { Category } from './vocabulary.ts';

/** Minimum of a public count, so that no count reveals a single reporter. */
export const MIN_PUBLIC_COUNT = 5;
/**
 * Public counts are rounded to multiples of this. Otherwise an exact total from elsewhere, such as the latest report
 * number, would reveal a hidden count.
 */
export const COUNT_STEP = 5;

/** Public figures of an office for a quarter. null: too few reports to show. */
export interface PublicFigures {
	/** Rounded. null: fewer than `MIN_PUBLIC_COUNT`, and then no other figure is shown either. */
	received: number | null;
	answered: number | null;
	inTime: number | null;
	medianDays: number | null;
	/** Rounded; small categories are merged under null, which comes last. */
	categories: { value: Category | null; n: number }[];
	/** Scores that reporters gave to answers: their number (rounded), and the share of 4 and 5. */
	scores: { n: number; satisfied: number } | null;
}

export const rounded = (n: number): number => Math.round(n / COUNT_STEP) * COUNT_STEP;

/**
 * A share of a group. null if the part or the remainder is a small number, because "all but one" reveals as much as
 * "one".
 */
export function publicShare(part: number, whole: number): number | null {
	const few = (n: number) => n > 0 && n < MIN_PUBLIC_COUNT;
	return whole < MIN_PUBLIC_COUNT || few(part) || few(whole - part) ? null : part / whole;
}

/**
 * Merges small counts and the count without a value into one count under null. While the merged count is below
 * `MIN_PUBLIC_COUNT`, or contains a single group, the next larger group joins it. A single group would be readable as
 * the total less the other counts.
 *
 * @param alwaysMerged values that are never shown by name
 */
export function mergedCounts<Value extends string>(
	counts: readonly { value: Value | null; n: number }[],
	alwaysMerged: readonly Value[] = []
): { value: Value | null; n: number }[] {
	const merged: number[] = [];
	const shown: { value: Value; n: number }[] = [];
	for (const { value, n } of counts) {
		if (n <= 0) continue;
		if (value === null || n < MIN_PUBLIC_COUNT || alwaysMerged.includes(value)) merged.push(n);
		else shown.push({ value, n });
	}
	shown.sort((a, b) => b.n - a.n);
	const sum = () => merged.reduce((all, n) => all + n, 0);
	while (merged.length > 0 && (merged.length === 1 || sum() < MIN_PUBLIC_COUNT)) {
		const next = shown.pop();
		if (!next) break;
		merged.push(next.n);
	}
	if (merged.length === 0) return shown;
	// The merged count is still small and no group is left to join it, so no category is shown.
	if (sum() < MIN_PUBLIC_COUNT) return [];
	return [...shown, { value: null, n: sum() }];
}
