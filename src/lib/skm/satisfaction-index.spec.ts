import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byElement, SKM_ANSWERS, SKM_ELEMENTS, type SkmAnswer, type SkmAnswers } from './vocabulary.ts';
import { elementFigures, ikmOf, noAnswers, sumsOf, together } from './satisfaction-index.ts';

/** `n` filled-in forms whose answers add up to `total`, spread as evenly as whole answers allow. */
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

describe('worked examples', () => {
	test.each([
		// Each the smallest number of forms that lands there.
		[38, 889, 6499, 'D'],
		[5, 117, 6500, 'C'],
		[26, 717, 7660, 'C'],
		[19, 524, 7661, 'B'],
		[19, 604, 8830, 'B'],
		[24, 763, 8831, 'A'],
		// Exactly half a hundredth below a grade: half goes up. In binary fractions T / n * (1 / 9) * 25 gives 64.99 for the
		// first, T / n / 9 * 25 gives 88.30 for the last.
		[5000, 116991, 6500, 'C'],
		[5000, 137889, 7661, 'B'],
		[5000, 158949, 8831, 'A'],
		// 25.625 and 29.375, which binary fractions round down.
		[40, 369, 2563, 'D'],
		[40, 423, 2938, 'D']
	] as const)('%i forms with answers of %i together have index %i, grade %s', (n, total, hundredths, grade) => {
		const forms = formsOf(n, total);
		expect(forms).toHaveLength(n);
		expect(forms.flatMap((form) => Object.values(form)).reduce((a, b) => a + b, 0)).toBe(total);
		expect(ikmOf(sumsOf(forms))).toEqual({ hundredths, grade });
	});

	test('the table of elements has the mean of each and its ninth, rounded by themselves', () => {
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

	test('without a form there is no index and no table', () => {
		expect(ikmOf(noAnswers())).toBeNull();
		expect(elementFigures(noAnswers())).toEqual([]);
	});
});

const answer = fc.constantFrom(...SKM_ANSWERS);
const form = fc.record<SkmAnswers>(byElement(() => answer));
const forms = fc.array(form, { minLength: 1, maxLength: 60 });

/** The formula of the rule a second time: means, ninths, then 25, in fractions of unlimited whole numbers. */
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

describe('whatever is answered', () => {
	test('the index is that of the rule, worked out in whole fractions', () => {
		fc.assert(fc.property(forms, (list) => ikmOf(sumsOf(list))?.hundredths === byTheRule(list)));
	});

	test('the order of the forms never matters, nor how they are put together', () => {
		const shuffled = forms.chain((list) =>
			fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.nat({ max: list.length }))
		);
		fc.assert(
			fc.property(shuffled, ([list, other, cut]) => {
				const whole = sumsOf(list);
				expect(sumsOf(other)).toEqual(whole);
				expect(together(sumsOf(list.slice(0, cut)), sumsOf(list.slice(cut)))).toEqual(whole);
			})
		);
	});

	test('it lies between 25 and 100, which all 1 and all 4 give', () => {
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

	test('a form with 4 everywhere never lowers it, one with 1 everywhere never raises it', () => {
		fc.assert(
			fc.property(forms, (list) => {
				const of = (more: SkmAnswers[]) => ikmOf(sumsOf([...list, ...more]))?.hundredths ?? 0;
				expect(of([all(4)])).toBeGreaterThanOrEqual(of([]));
				expect(of([all(1)])).toBeLessThanOrEqual(of([]));
			})
		);
	});
});
