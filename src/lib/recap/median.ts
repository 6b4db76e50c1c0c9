/** How often each value occurred. */
export interface Occurrence {
	value: number;
	n: number;
}

/** The middle value, or the mean of the two middle ones; null where there is none. */
export function medianOf(occurrences: readonly Occurrence[]): number | null {
	const sorted = [...occurrences].sort((a, b) => a.value - b.value);
	const total = sorted.reduce((sum, { n }) => sum + n, 0);
	const valueAt = (position: number) => {
		let passed = 0;
		return sorted.find(({ n }) => (passed += n) > position)?.value;
	};
	const [low, high] = [valueAt(Math.floor((total - 1) / 2)), valueAt(Math.floor(total / 2))];
	return low === undefined || high === undefined ? null : (low + high) / 2;
}
