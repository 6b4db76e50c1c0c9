/** The value that a share (0 to 1) of the values does not exceed; 0 where there is none. */
export function percentile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export const ms = (value: number): string => `${value.toFixed(0)} ms`;
export const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`;

/** Prints a figure in a line of its own, so that two runs can be laid beside each other. */
export const line = (name: string, value: string | number): void => console.log(`${name.padEnd(20)} ${value}`);
