import { expect, test } from 'vitest';
import { onDutyFirst } from './rating-form.ts';

const officer = (id: string, ...desks: string[]) => ({ id, name: id, desks, hasPhoto: false, ofUnit: true });
const duty = (id: string, desk: string) => ({ id, name: id, hasPhoto: false, placeId: desk, placeName: desk });

test('officers on duty come first, once each, with the first desk they cover; others are not shown at covered desks', () => {
	const everybody = [officer('Ayu', 'Meja 1'), officer('Budi'), officer('Citra', 'Meja 3')];
	const shown = onDutyFirst(everybody, [duty('Budi', 'Meja 1'), duty('Budi', 'Meja 2')]);
	expect(shown).toEqual([
		{ id: 'Budi', name: 'Budi', hasPhoto: false, desks: ['Meja 1'] },
		{ id: 'Ayu', name: 'Ayu', hasPhoto: false, desks: [] },
		{ id: 'Citra', name: 'Citra', hasPhoto: false, desks: ['Meja 3'] }
	]);
});
