import { CLOCK_NAMES, type ClockName } from '#lib/cases/vocabulary.ts';
import type { ClockFigures, Histogram } from '#lib/cases/figures.ts';
import type { Measure, Sum } from './measures.ts';

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

/** How each promise was kept and stands. The reporter's own turn is no promise of the office and is nowhere in the sums. */
export function clocksOf(sums: readonly Sum[], overdue: readonly { name: ClockName }[]): ClockFigures<ClockName>[] {
	return CLOCK_NAMES.flatMap((name) => {
		const [metOnTime, metLate] = [sumOf(sums, 'kept', 'met', name), sumOf(sums, 'kept', 'late', name)];
		const missed = overdue.filter((one) => one.name === name).length;
		const running = sumOf(sums, 'running', 'running', name);
		return metOnTime + metLate + missed + running > 0 ? [{ name, metOnTime, metLate, overdue: missed, running }] : [];
	});
}
