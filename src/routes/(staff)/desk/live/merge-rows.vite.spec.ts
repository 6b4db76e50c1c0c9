import { expect, test } from 'vitest';
import { removedReferences, mergeRows, referencesToAnnounce, type ReceivedEvents } from './merge-rows.ts';

const row = (id: number, status = 'received') => ({ id, reference: `R-${id}`, status });
const events = (changes: Partial<ReceivedEvents> = {}): ReceivedEvents => ({
	opened: new Set(),
	changed: new Set(),
	...changes
});

test('a changed row is updated in place, whatever its position in the new list', () => {
	const merged = mergeRows([row(1), row(2), row(3)], [row(3, 'verified'), row(1), row(2)], new Set());
	expect(merged).toEqual([row(1), row(2), row(3, 'verified')]);
});

test('keeps active rows unchanged, keeps removed rows and adds none', () => {
	const latest = [row(1, 'verified'), row(9)];
	expect(mergeRows([row(1), row(2)], latest, new Set(['R-1']))).toEqual([row(1), row(2)]);
});

test('announces changed reports, but not reports that only moved up', () => {
	const shown = [row(1), row(2)];
	const latest = [row(1), row(3), row(4)];
	expect(referencesToAnnounce(shown, latest, events({ changed: new Set(['R-3', 'R-2']) }), false)).toEqual(['R-3']);
});

test('in the unfiltered inbox, counts a new report on a later page once', () => {
	const opened = events({ opened: new Set(['R-3', 'R-8']), changed: new Set(['R-3', 'R-8']) });
	expect(referencesToAnnounce([row(1)], [row(1), row(3)], opened, true)).toEqual(['R-3', 'R-8']);
	expect(referencesToAnnounce([row(1)], [row(1), row(3)], opened, false)).toEqual(['R-3']);
});

test('returns rows that left the list, but not rows that only moved to another page', () => {
	expect(removedReferences([row(1), row(2)], [], events({ changed: new Set(['R-1']) }))).toEqual(['R-1']);
});
