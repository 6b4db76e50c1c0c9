import { expect, test } from 'vitest';
import { DEFAULT_INBOX } from '#lib/cases/inbox-query.ts';
import { hiddenFilters, selectsToShow } from './filter-fields.ts';

const [ani, budi] = ['Ani', 'Budi'].map((label, n) => ({ value: `${n}`, label }));
const people = [ani, budi].filter((one) => one !== undefined);

test('a filter whose select has no options stays in a hidden field', () => {
	const choice = { ...DEFAULT_INBOX, q: 'antrean', figure: { by: 'received' as const, place: 'p', handler: '1' } };
	const selects = [
		{ name: 'place', value: 'p', options: [] },
		{ name: 'handler', value: '1', options: people }
	];
	const shown = selectsToShow(selects);
	expect(shown).toEqual([selects[1]]);
	const hidden = hiddenFilters(
		choice,
		shown.map(({ name }) => name)
	);
	expect(hidden).toEqual([
		['q', 'antrean'],
		['place', 'p']
	]);
});

test('a select also offers the value of the present list', () => {
	const [select] = selectsToShow([{ name: 'handler', value: '7', options: people, otherwise: 'satu penangan' }]);
	expect(select?.options).toEqual([...people, { value: '7', label: 'satu penangan' }]);
	const [all] = selectsToShow([{ name: 'handler', value: undefined, options: people }]);
	expect(all?.options).toEqual(people);
});
