import { CLOCK_NAMES, type ClockName } from '../../cases/vocabulary.ts';
import type { ClockFigures, Histogram } from '../../cases/figures.ts';
import type { Measure, Sum } from './case-sums.ts';

export interface Count {
	/** null: of none. */
	value: string | null;
	n: number;
}

/** How many in all of a measure; of a part, how many of one value. */
export function sumOf(sums: readonly Sum[], measure: Measure, part = '', value?: string): number {
	return sums
		.filter((sum) => sum.measure === measure && sum.part === part && (value === undefined || sum.value === value))
		.reduce((all, { n }) => all + n, 0);
}

/** By value, most frequent first. */
export function countsOf(sums: readonly Sum[], measure: Measure, part: string): Count[] {
	const counts = new Map<string, number>();
	for (const sum of sums)
		if (sum.measure === measure && sum.part === part) counts.set(sum.value, (counts.get(sum.value) ?? 0) + sum.n);
	return [...counts]
		.map(([value, n]) => ({ value: value === '' ? null : value, n }))
		.sort((a, b) => b.n - a.n || (a.value ?? '').localeCompare(b.value ?? ''));
}

export const histogramOf = (sums: readonly Sum[], measure: Measure, part: string): Histogram =>
	countsOf(sums, measure, part).map(({ value, n }) => ({ value: Number(value), n }));

/** The reporter's own turn is no promise of the office and is nowhere in the sums. */
export function clocksOf(sums: readonly Sum[]): ClockFigures<ClockName>[] {
	return CLOCK_NAMES.flatMap((name) => {
		const of = (value: string) => sumOf(sums, 'clock', name, value);
		const [metOnTime, metLate, stopped] = [of('met'), of('late'), of('stopped')];
		const runningLate = sumOf(sums, 'running', name, 'late');
		const running = of('running') - runningLate;
		const n = metOnTime + metLate + stopped + running + runningLate;
		return n > 0 ? [{ name, n, metOnTime, metLate, running, runningLate, stopped }] : [];
	});
}
