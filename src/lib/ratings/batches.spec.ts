import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#lib/calendar/days.ts';
import { BATCH_DAYS, BATCH_RATINGS, releasedBatches, type RatedDay } from './batches.ts';
import type { Counts } from './adjusted-score.ts';

/** So few ratings a day that three days may just suffice for a batch. */
const few = fc.nat(1);
const history: fc.Arbitrary<RatedDay[]> = fc
	.array(fc.tuple(fc.tuple(few, few, few, few, few), few), { maxLength: 40, size: 'max' })
	.map((days) =>
		days.map(([counts, aside], index) => ({
			day: addDays('2026-01-01', index),
			counts,
			all: counts.reduce((a, b) => a + b) + aside
		}))
	);
const n = (counts: Counts) => counts.reduce((a, b) => a + b);

test('releases no batch from one day with three ratings or from two days with many', () => {
	const three: RatedDay = { day: '2026-01-05', all: 3, counts: [1, 0, 0, 1, 1] };
	const many: RatedDay = { day: '2026-01-06', all: 40, counts: [0, 0, 0, 20, 20] };
	expect(releasedBatches([three], '2026-02-01')).toEqual([]);
	expect(releasedBatches([three, many], '2026-02-01')).toEqual([]);
	const third: RatedDay = { day: '2026-01-07', all: 1, counts: [0, 0, 1, 0, 0] };
	expect(releasedBatches([many, third, three], '2026-02-01')).toEqual([
		{ first: '2026-01-05', last: '2026-01-07', counts: [1, 0, 1, 21, 21] }
	]);
	expect(releasedBatches([many, third, three], '2026-01-07')).toEqual([]);
});

test('every batch contains at least five counted ratings from at least three days', () => {
	fc.assert(
		fc.property(history, (days) => {
			for (const batch of releasedBatches(days, '2027-01-01')) {
				const inside = days.filter((day) => day.day >= batch.first && day.day <= batch.last);
				expect(n(batch.counts)).toBeGreaterThanOrEqual(BATCH_RATINGS);
				expect(inside.filter((day) => n(day.counts) > 0).length).toBeGreaterThanOrEqual(BATCH_DAYS);
				expect(inside.reduce((sum, day) => sum + n(day.counts), 0)).toBe(n(batch.counts));
			}
		})
	);
});

test('later days never change a released batch', () => {
	fc.assert(
		fc.property(history, fc.nat(40), (days, cut) => {
			const early = releasedBatches(days.slice(0, cut), '2027-01-01');
			expect(releasedBatches(days, '2027-01-01').slice(0, early.length)).toEqual(early);
		})
	);
});

test('a void changes or hides only its own batch', () => {
	fc.assert(
		fc.property(history, fc.nat(39), (days, at) => {
			const changedDay = days[at];
			if (!changedDay || n(changedDay.counts) === 0) return;
			const voided = days.map((day) => (day === changedDay ? { ...day, counts: without(day.counts) } : day));
			const others = (list: ReturnType<typeof releasedBatches>) =>
				list.filter((batch) => batch.first > changedDay.day || batch.last < changedDay.day);
			expect(others(releasedBatches(voided, '2027-01-01'))).toEqual(others(releasedBatches(days, '2027-01-01')));
		})
	);
});

function without(counts: Counts): Counts {
	const at = counts.findIndex((count) => count > 0);
	return counts.map((count, index) => (index === at ? count - 1 : count)) as unknown as Counts;
}
