import { expect, test } from 'vitest';
import { chosenOrTyped } from './search-box-value.ts';

test.each([
	['a choice for the text beside it', { target: ' Dinas A ', target_id: '7', target_of: 'Dinas A' }, '7'],
	['a text that was changed after the choice', { target: 'Dinas B', target_id: '7', target_of: 'Dinas A' }, 'Dinas B'],
	['a text alone', { target: 'Dinas B' }, 'Dinas B'],
	['no choice among those offered', { target: 'Dinas', target_id: '', target_of: 'Dinas' }, 'Dinas'],
	['something that is no number', { target: 'Dinas', target_id: 'x', target_of: 'Dinas' }, 'Dinas'],
	['a field sent twice', { target: ['Dinas', 'B'], target_id: '7', target_of: 'Dinas' }, '7'],
	['nothing', {}, '']
])('%s', (_condition, typed, value) => {
	expect(chosenOrTyped(typed, 'target')).toBe(value);
});
