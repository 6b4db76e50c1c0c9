import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byElement, SKM_ANSWERS, SKM_ELEMENTS, type SkmAnswer, type SkmAnswers } from './vocabulary.ts';
import { elementFigures, ikmOf, emptySums, addSums, type SkmSums } from './satisfaction-index.ts';

/** Makes `n` forms whose answers sum to `total`, distributed as evenly as whole answers allow. */
function formsOf(n: number, total: number): SkmAnswers[] {
	const low = Math.floor(total / (9 * n)) as SkmAnswer;
	let higher = total - low * 9 * n;
	return Array.from({ length: n }, () => {
		const form = all(low);
		for (const element of SKM_ELEMENTS) if (higher-- > 0) form[element] = (low + 1) as SkmAnswer;
		return form;
	});
}

const all = (answer: SkmAnswer): SkmAnswers => byElement(() => answer);

function sumsOf(forms: readonly SkmAnswers[]): SkmSums {
	const sums = byElement((element) => forms.reduce((total, form) => total + form[element], 0));
	return { n: forms.length, sums };
}

describe('worked examples', () => {
	test.each([
		// Each uses the smallest number of forms with this result.
		[38, 889, 6499, 'D'],
		[5, 117, 6500, 'C'],
		[26, 717, 7660, 'C'],
		[19, 524, 7661, 'B'],
		[19, 604, 8830, 'B'],
		[24, 763, 8831, 'A'],
		// Exactly half a hundredth below a grade: rounds up. With binary fractions T / n * (1 / 9) * 25 would give
		// 64.99 for the first, and T / n / 9 * 25 would give 88.30 for the last.
		[5000, 116991, 6500, 'C'],
		[5000, 137889, 7661, 'B'],
		[5000, 158949, 8831, 'A'],
		// 25.625 and 29.375, which binary fractions would round down.
		[40, 369, 2563, 'D'],
		[40, 423, 2938, 'D']
	] as const)('%i forms with answers that sum to %i have index %i, grade %s', (n, total, hundredths, grade) => {
		const forms = formsOf(n, total);
		expect(forms).toHaveLength(n);
		expect(forms.flatMap((form) => Object.values(form)).reduce((a, b) => a + b, 0)).toBe(total);
		expect(ikmOf(sumsOf(forms))).toEqual({ hundredths, grade });
	});

	test('the element table has the mean and the weighted value of each element, rounded separately', () => {
		const forms = [
			{ ...all(3), u1: 4, u4: 1 },
			{ ...all(3), u1: 4, u4: 2 },
			{ ...all(3), u1: 3, u4: 1 }
		] as SkmAnswers[];
		const table = elementFigures(sumsOf(forms));
		expect(table[0]).toEqual({ element: 'u1', mean: 367, weighted: 407 });
		expect(table[3]).toEqual({ element: 'u4', mean: 133, weighted: 148 });
		expect(table[8]).toEqual({ element: 'u9', mean: 300, weighted: 333 });
	});

	test('without forms there is no index and no table', () => {
		expect(ikmOf(emptySums())).toBeNull();
		expect(elementFigures(emptySums())).toEqual([]);
	});
});

const answer = fc.constantFrom(...SKM_ANSWERS);
const form = fc.record<SkmAnswers>(byElement(() => answer));
const forms = fc.array(form, { minLength: 1, maxLength: 60 });

/** Computes the regulation's formula independently, with fractions of unlimited integers. */
function byTheRule(responses: readonly SkmAnswers[]): number {
	const n = BigInt(responses.length);
	let [above, below] = [0n, 1n];
	for (const element of SKM_ELEMENTS) {
		const sum = responses.reduce((total, one) => total + BigInt(one[element]), 0n);
		[above, below] = [above * n * 9n + sum * below, below * n * 9n];
	}
	const hundredths = above * 25n * 100n;
	const rest = hundredths % below;
	return Number(hundredths / below) + (2n * rest >= below ? 1 : 0);
}

describe('for any answers', () => {
	test('the index equals an independent computation with exact fractions', () => {
		fc.assert(fc.property(forms, (list) => ikmOf(sumsOf(list))?.hundredths === byTheRule(list)));
	});

	test('the index does not depend on the order or grouping of the forms', () => {
		const shuffled = forms.chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.nat({ max: list.length }))
		);
		fc.assert(
			fc.property(shuffled, ([list, other, cut]) => {
				const whole = sumsOf(list);
				expect(sumsOf(other)).toEqual(whole);
				expect(addSums(sumsOf(list.slice(0, cut)), sumsOf(list.slice(cut)))).toEqual(whole);
			})
		);
	});

	test('the index is between 25 (all answers 1) and 100 (all answers 4)', () => {
		fc.assert(
			fc.property(forms, (list) => {
				const { hundredths } = ikmOf(sumsOf(list)) ?? { hundredths: 0 };
				expect(hundredths).toBeGreaterThanOrEqual(2500);
				expect(hundredths).toBeLessThanOrEqual(10000);
			})
		);
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 500 }), (n) => {
				expect(ikmOf(sumsOf(Array.from({ length: n }, () => all(1))))).toEqual({ hundredths: 2500, grade: 'D' });
				expect(ikmOf(sumsOf(Array.from({ length: n }, () => all(4))))).toEqual({ hundredths: 10000, grade: 'A' });
			})
		);
	});

	test('a form with all answers 4 never lowers the index, one with all answers 1 never raises it', () => {
		fc.assert(
			fc.property(forms, (list) => {
				const of = (more: SkmAnswers[]) => ikmOf(sumsOf([...list, ...more]))?.hundredths ?? 0;
				expect(of([all(4)])).toBeGreaterThanOrEqual(of([]));
				expect(of([all(1)])).toBeLessThanOrEqual(of([]));
			})
		);
	});
});
