const FIRST_MS = 600;
const LONGEST_MS = 30_000;

/**
 * How long a browser waits before it asks for a line again: longer each time, and never as long as all the others, who
 * lost theirs at the same moment.
 *
 * @param tries how many have failed since the last line stood
 * @param chance from 0 to 1
 */
export function pauseBefore(tries: number, chance: number): number {
	const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 16));
	return most * (0.25 + 0.75 * chance);
}
