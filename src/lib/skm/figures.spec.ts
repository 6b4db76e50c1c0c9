import { expect, test } from 'vitest';
import { addTallies, emptyTally, figuresOf, publishedFigures, respondentsOf, type SkmTally } from './figures.ts';
import { byFact } from './vocabulary.ts';

const tally = (n: number): SkmTally => {
	const empty = emptyTally();
	const sums = Object.fromEntries(Object.keys(empty.sums).map((element) => [element, 3 * n])) as SkmTally['sums'];
	return { ...empty, n, sums };
};

test('figures contain the index and the number of forms', () => {
	const ikm = { hundredths: 7500, grade: 'C' };
	expect(figuresOf(tally(16))).toMatchObject({ n: 16, ikm, held: 0, voided: 0 });
	expect(figuresOf(addTallies({ ...tally(4), held: 1 }, { ...tally(8), voided: 2 }))).toMatchObject({
		n: 12,
		ikm,
		held: 1,
		voided: 2
	});
});

test('respondents are in the order of the form, and small groups are merged', () => {
	const counts = { sex: { male: 9, female: 7 }, age: { '30_39': 8, '': 6, under_20: 2 } };
	const respondents = respondentsOf({ ...byFact(() => ({})), ...counts });
	expect(respondents.sex).toEqual({
		groups: [
			{ value: 'female', n: 7 },
			{ value: 'male', n: 9 }
		],
		others: 0
	});
	// Two respondents below twenty are shown only together with the next smallest group.
	expect(respondents.age).toEqual({ groups: [{ value: null, n: 6 }], others: 10 });
});

test('figures are unchanged after storage as JSON, and invalid ones are refused', () => {
	const figures = { ...figuresOf(tally(6)), respondents: respondentsOf(byFact(() => ({ '': 6 }))) };
	expect(publishedFigures.parse(JSON.parse(JSON.stringify(figures)))).toEqual(figures);
	expect(publishedFigures.safeParse({ ...figures, n: -1 }).success).toBe(false);
	expect(figuresOf(emptyTally()).ikm).toBeNull();
});
