import { byElement, SKM_ELEMENTS, type SkmAnswers, type SkmElement } from './vocabulary.ts';

/** How many forms, and the sum of the answers to each element: all that the index needs, in whole numbers. */
export interface SkmSums {
	n: number;
	sums: Record<SkmElement, number>;
}

export const SKM_GRADES = ['A', 'B', 'C', 'D'] as const;
export type SkmGrade = (typeof SKM_GRADES)[number];

/** The least index of each grade, in hundredths: Permenpan RB 14/2017. */
const LEAST: readonly [SkmGrade, number][] = [
	['A', 8831],
	['B', 7661],
	['C', 6500]
];

export function noAnswers(): SkmSums {
	return { n: 0, sums: byElement(() => 0) };
}

export function sumsOf(responses: Iterable<SkmAnswers>): SkmSums {
	const total = noAnswers();
	for (const response of responses) {
		total.n += 1;
		for (const element of SKM_ELEMENTS) total.sums[element] += response[element];
	}
	return total;
}

/** Both together: the sums of two months are those of their months. */
export function together(a: SkmSums, b: SkmSums): SkmSums {
	return { n: a.n + b.n, sums: byElement((element) => a.sums[element] + b.sums[element]) };
}

/**
 * IKM = the sum of (mean of the element x 1/9) over all nine, x 25, in hundredths (8831 is 88.31), and its grade; null without a
 * form.
 *
 * With T the sum of all answers that is 25 T / 9 n, a fraction of whole numbers, and it is rounded as one: half a
 * hundredth goes up. Computed in binary fractions 65.00 would come out as 64.99 for some sets of forms, and a whole grade
 * lower. Whole up to 10^10 forms.
 */
export function ikmOf({ n, sums }: SkmSums) {
	if (n === 0) return null;
	const total = SKM_ELEMENTS.reduce((sum, element) => sum + sums[element], 0);
	const hundredths = nearest(2500 * total, 9 * n);
	return { hundredths, grade: LEAST.find(([, least]) => hundredths >= least)?.[0] ?? 'D' };
}

/** The rows of the table of elements, each rounded from the sums by itself; none without a form. */
export function elementFigures({ n, sums }: SkmSums) {
	if (n === 0) return [];
	return SKM_ELEMENTS.map((element) => ({
		element,
		/** Mean of the answers (NRR), 1 to 4, in hundredths. */
		mean: nearest(100 * sums[element], n),
		/** Its ninth, which enters the index, in thousandths. */
		weighted: nearest(1000 * sums[element], 9 * n)
	}));
}

/** The whole number nearest to a fraction of two whole numbers above nought; half goes up. */
function nearest(numerator: number, denominator: number): number {
	const doubled = 2 * numerator + denominator;
	return (doubled - (doubled % (2 * denominator))) / (2 * denominator);
}
