import { byElement, SKM_ELEMENTS, type SkmElement } from './vocabulary.ts';

/** Number of forms and sum of the answers to each element. The index is computed from these integers only. */
export interface SkmSums {
	n: number;
	sums: Record<SkmElement, number>;
}

export const SKM_GRADES = ['A', 'B', 'C', 'D'] as const;
export type SkmGrade = (typeof SKM_GRADES)[number];

/** Minimum index of each grade in hundredths: Permenpan RB 14/2017. */
const GRADE_MINIMUMS: readonly [SkmGrade, number][] = [
	['A', 8831],
	['B', 7661],
	['C', 6500]
];

export function emptySums(): SkmSums {
	return { n: 0, sums: byElement(() => 0) };
}

export function addSums(a: SkmSums, b: SkmSums): SkmSums {
	return { n: a.n + b.n, sums: byElement((element) => a.sums[element] + b.sums[element]) };
}

/**
 * Computes IKM = sum over all nine elements of (mean x 1/9), x 25, in hundredths (8831 means 88.31), with its grade.
 * Null without forms.
 * With T as the sum of all answers this is 25 T / 9 n. It is computed with integers and half a hundredth is rounded up.
 * With binary fractions some sets of forms would get 64.99 instead of 65.00, and so a lower grade. Exact up to 10^10
 * forms.
 */
export function ikmOf({ n, sums }: SkmSums) {
	if (n === 0) return null;
	const total = SKM_ELEMENTS.reduce((sum, element) => sum + sums[element], 0);
	const hundredths = nearest(2500 * total, 9 * n);
	return { hundredths, grade: GRADE_MINIMUMS.find(([, least]) => hundredths >= least)?.[0] ?? 'D' };
}

/** Rows of the element table, each rounded separately from the sums; empty without forms. */
export function elementFigures({ n, sums }: SkmSums) {
	if (n === 0) return [];
	return SKM_ELEMENTS.map((element) => ({
		element,
		/** Mean of the answers (NRR), 1 to 4, in hundredths. */
		mean: nearest(100 * sums[element], n),
		/** One ninth of the mean, as used in the index, in thousandths. */
		weighted: nearest(1000 * sums[element], 9 * n)
	}));
}

/** Rounds a fraction of two non-negative integers to the nearest integer; half rounds up. */
function nearest(numerator: number, denominator: number): number {
	const doubled = 2 * numerator + denominator;
	return (doubled - (doubled % (2 * denominator))) / (2 * denominator);
}
