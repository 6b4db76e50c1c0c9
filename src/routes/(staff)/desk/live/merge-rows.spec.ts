import { expect, test } from 'vitest';
import { leavers, mergeRows, newcomers, type Heard } from './merge-rows.ts';

const row = (id: number, status = 'received') => ({ id, reference: `R-${id}`, status });
const heard = (given: Partial<Heard> = {}): Heard => ({
	opened: new Set(),
	touched: new Set(),
	...given
});

test('a changed row changes in its place, whatever place the new list gives it', () => {
	const merged = mergeRows([row(1), row(2), row(3)], [row(3, 'verified'), row(1), row(2)], new Set());
	expect(merged).toEqual([row(1), row(2), row(3, 'verified')]);
});

test('a row in hand stays as it is, one that is gone stays, and none is added', () => {
	const fresh = [row(1, 'verified'), row(9)];
	expect(mergeRows([row(1), row(2)], fresh, new Set(['R-1']))).toEqual([row(1), row(2)]);
});

test('announces changed reports, but not those that only moved up', () => {
	const shown = [row(1), row(2)];
	const fresh = [row(1), row(3), row(4)];
	expect(newcomers(shown, fresh, heard({ touched: new Set(['R-3', 'R-2']) }), false)).toEqual(['R-3']);
});

test('in the unfiltered inbox, counts a new report on a later page once', () => {
	const opened = heard({ opened: new Set(['R-3', 'R-8']), touched: new Set(['R-3', 'R-8']) });
	expect(newcomers([row(1)], [row(1), row(3)], opened, true)).toEqual(['R-3', 'R-8']);
	expect(newcomers([row(1)], [row(1), row(3)], opened, false)).toEqual(['R-3']);
});

test('a row that left says so, unless it only went to another page', () => {
	expect(leavers([row(1), row(2)], [], heard({ touched: new Set(['R-1']) }))).toEqual(['R-1']);
});
