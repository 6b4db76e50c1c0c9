/** The whole scores between which all lines of a table lie, so that they can be compared with each other. */
export function trendScale(lines: readonly (readonly (number | null)[])[]): [low: number, high: number] {
	const values = lines.flat().filter((value) => value !== null);
	if (values.length === 0) return [1, 5];
	const low = Math.max(1, Math.floor(Math.min(...values)));
	return [low, Math.max(low + 1, Math.ceil(Math.max(...values)))];
}
