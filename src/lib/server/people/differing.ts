import { isDeepStrictEqual } from 'node:util';

/** What a change changed, and nothing else, as the log keeps it: both sides hold the same keys. */
export function differing(before: Record<string, unknown>, after: Record<string, unknown>) {
	const keys = Object.keys(after).filter((key) => !isDeepStrictEqual(before[key], after[key]));
	const pick = (from: Record<string, unknown>) => Object.fromEntries(keys.map((key) => [key, from[key] ?? null]));
	return { before: pick(before), after: pick(after) };
}
