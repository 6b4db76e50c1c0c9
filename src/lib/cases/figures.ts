/**
 * Age groups of open reports, in calendar days since arrival. `to` is inclusive. The limits 14 and 60 are from UU
 * 25/2009.
 */
export const AGES = [
	{ key: 'to5', from: 0, to: 5 },
	{ key: 'to14', from: 6, to: 14 },
	{ key: 'to30', from: 15, to: 30 },
	{ key: 'to60', from: 31, to: 60 },
	{ key: 'over60', from: 61, to: Infinity }
] as const;
export type AgeKey = (typeof AGES)[number]['key'];

export type Histogram = readonly { value: number; n: number }[];

/** The median: the middle value, or the mean of the two middle values. Undefined if nothing was counted. */
export function medianOf(histogram: Histogram): number | undefined {
	const rows = histogram.filter(({ n }) => n > 0).sort((a, b) => a.value - b.value);
	const total = rows.reduce((sum, { n }) => sum + n, 0);
	if (total === 0) return undefined;
	const nth = (place: number) => {
		let passed = 0;
		return rows.find(({ n }) => (passed += n) > place)?.value ?? 0;
	};
	return (nth(Math.floor((total - 1) / 2)) + nth(Math.floor(total / 2))) / 2;
}

/** How a deadline was met in a period, and its present state (docs/decisions/0032). */
export interface ClockFigures<Name extends string = string> {
	name: Name;
	/** Met on days of the period. */
	metOnTime: number;
	metLate: number;
	/** Overdue when the period ended (now, if it is running), or when the report was archived in the period. */
	overdue: number;
	/** Running or paused now, and not overdue. */
	running: number;
}

/** Share of deadlines met in time among those that were met or are overdue. Undefined if there are none. */
export function metInTimeShare(clock: Pick<ClockFigures, 'metOnTime' | 'metLate' | 'overdue'>): number | undefined {
	const due = dueOf(clock);
	return due > 0 ? clock.metOnTime / due : undefined;
}

export const dueOf = ({ metOnTime, metLate, overdue }: Pick<ClockFigures, 'metOnTime' | 'metLate' | 'overdue'>) =>
	metOnTime + metLate + overdue;
