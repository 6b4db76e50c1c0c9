import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type LocalDate } from '#lib/calendar/days.ts';
import { monthEnd, monthStart } from './period.ts';
import { piecesOf, type Piece } from './period-pieces.ts';

const EPOCH = '2024-01-01';
const day = fc.nat(1100).map((offset) => addDays(EPOCH, offset));
const period = fc.tuple(day, day).map(([a, b]) => (a <= b ? { from: a, to: b } : { from: b, to: a }));
const histories = fc.dictionary(day, fc.nat(20), { maxKeys: 60 });

const sumOf = (history: Record<LocalDate, number>, keep: (date: LocalDate) => boolean) =>
	Object.entries(history).reduce((sum, [date, n]) => sum + (keep(date) ? n : 0), 0);

function summed(pieces: readonly Piece[], history: Record<LocalDate, number>): number {
	return pieces.reduce((sum, { of, from, to }) => {
		const key = of === 'months' ? monthStart : (date: LocalDate) => date;
		return sum + sumOf(history, (date) => from <= key(date) && key(date) <= to);
	}, 0);
}

describe('piecesOf', () => {
	it('returns pieces whose sum is exactly the sum of the period', () => {
		fc.assert(
			fc.property(period, day, histories, (chosen, today, somewhere) => {
				// There are always ratings at both ends and just outside them, so that an error of one day is detected.
				const ends = [chosen.from, chosen.to].flatMap((date) => [-1, 0, 1].map((step) => addDays(date, step)));
				const history = { ...somewhere, ...Object.fromEntries(ends.map((date, index) => [date, 100 + index])) };
				const known = Object.fromEntries(Object.entries(history).filter(([date]) => date <= today));
				const direct = sumOf(known, (date) => chosen.from <= date && date <= chosen.to);
				expect(summed(piecesOf(chosen, today), known)).toBe(direct);
			}),
			{ numRuns: 2000 }
		);
	});

	it('returns only whole months if the period consists of them or ends today', () => {
		expect(piecesOf({ from: '2026-01-01', to: '2026-03-31' }, '2026-11-25')).toEqual([
			{ of: 'months', from: '2026-01-01', to: '2026-03-01' }
		]);
		expect(piecesOf({ from: '2026-02-01', to: '2026-11-25' }, '2026-11-25')).toEqual([
			{ of: 'months', from: '2026-02-01', to: '2026-11-01' }
		]);
	});

	it('monthEnd knows the length of each month', () => {
		expect(['2026-02-10', '2024-02-29', '2026-12-01', '2026-04-30'].map(monthEnd)).toEqual([
			'2026-02-28',
			'2024-02-29',
			'2026-12-31',
			'2026-04-30'
		]);
	});
});
