/** Common scale of all trend lines of a table, from one whole score to another, so that lines can be compared. */
export function trendScale(lines: readonly (readonly (number | null)[])[]): [low: number, high: number] {
	const values = lines.flat().filter((value) => value !== null);
	if (values.length === 0) return [1, 5];
	const low = Math.max(1, Math.floor(Math.min(...values)));
	return [low, Math.max(low + 1, Math.ceil(Math.max(...values)))];
}
