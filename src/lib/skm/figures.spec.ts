import { expect, test } from 'vitest';
import { emptyTally, figuresOf, skmFigures, addTallies, type SkmTally } from './figures.ts';

const tally = (n: number, facts: Partial<SkmTally['facts']> = {}): SkmTally => {
	const empty = emptyTally();
	const sums = Object.fromEntries(Object.keys(empty.sums).map((element) => [element, 3 * n])) as SkmTally['sums'];
	return { ...empty, n, sums, facts: { ...empty.facts, ...facts } };
};

test('figures contain the index, the number of forms and the respondents in the order of the form', () => {
	const figures = figuresOf(tally(16, { sex: { male: 9, female: 7 }, age: { '30_39': 8, '': 6, under_20: 2 } }));
	expect(figures).toMatchObject({ n: 16, ikm: { hundredths: 7500, grade: 'C' }, held: 0, voided: 0 });
	expect(figures.respondents.sex).toEqual({
		groups: [
			{ value: 'female', n: 7 },
			{ value: 'male', n: 9 }
		],
		others: 0
	});
	// Two respondents below twenty are shown only together with the next smallest group.
	expect(figures.respondents.age).toEqual({ groups: [{ value: null, n: 6 }], others: 10 });
});

test('tallies of two offices are added before small groups are merged', () => {
	const both = addTallies(
		{ ...tally(4, { sex: { male: 4 } }), held: 1 },
		{ ...tally(8, { sex: { male: 3, female: 5 } }), voided: 2 }
	);
	expect(figuresOf(both)).toMatchObject({ n: 12, held: 1, voided: 2, ikm: { hundredths: 7500 } });
	expect(figuresOf(both).respondents.sex).toEqual({
		groups: [
			{ value: 'female', n: 5 },
			{ value: 'male', n: 7 }
		],
		others: 0
	});
});

test('figures are unchanged after storage as JSON, and invalid ones are refused', () => {
	const figures = figuresOf(tally(6));
	expect(skmFigures.parse(JSON.parse(JSON.stringify(figures)))).toEqual(figures);
	expect(skmFigures.safeParse({ ...figures, n: -1 }).success).toBe(false);
	expect(figuresOf(emptyTally()).ikm).toBeNull();
});
