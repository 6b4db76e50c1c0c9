/** The value that a share (0 to 1) of the values does not exceed; 0 if there are none. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const ms = (value: number): string => `${value.toFixed(0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;

/** Median, 99th percentile and maximum of durations, as text. */
export const spread = (times: readonly number[]): string =>
	`median ${ms(median(times))}, 99 % within ${ms(percentile(times, 0.99))}, slowest ${ms(percentile(times, 1))}`;
export const since = (started: number): string => seconds(performance.now() - started);

/** Prints a figure in a line of its own, so that two runs can be compared line by line. */
export const line = (name: string, value: string | number): void => console.log(`${name.padEnd(20)} ${value}`);
