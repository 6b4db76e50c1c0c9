/** How long a report has been open: calendar days since receipt, `to` inclusive. 14 and 60 are the law's (UU 25/2009). */
export const AGES = [
	{ key: 'to5', from: 0, to: 5 },
	{ key: 'to14', from: 6, to: 14 },
	{ key: 'to30', from: 15, to: 30 },
	{ key: 'to60', from: 31, to: 60 },
	{ key: 'over60', from: 61, to: Infinity }
] as const;
export type AgeKey = (typeof AGES)[number]['key'];

/** Values and how often each came. */
export type Histogram = readonly { value: number; n: number }[];

/** The value in the middle, of an even number the mean of the two there; undefined where there is none. */
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

/** One clock's record: every run of it on the cases of a period. */
export interface ClockFigures<Name extends string = string> {
	name: Name;
	n: number;
	metOnTime: number;
	metLate: number;
	/** Running or paused, and not late so far. */
	running: number;
	runningLate: number;
	/** Ended with the case before it was met, such as by an archiving. */
	stopped: number;
}

/** Of the deadlines that were met or have run out, how many were met in time; undefined before the first. */
export function keptShare(clock: Pick<ClockFigures, 'metOnTime' | 'metLate' | 'runningLate'>): number | undefined {
	const due = clock.metOnTime + clock.metLate + clock.runningLate;
	return due > 0 ? clock.metOnTime / due : undefined;
}
