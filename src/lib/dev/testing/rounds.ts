/**
 * How many random histories a property tries. The gate tries a few with a fixed seed, so it fails only because of a change;
 * `npm run test:all` tries many with a new seed. TEST_ROUNDS=500 searches longer, TEST_SEED repeats the seed that a failure printed.
 */
export function rounds({ gate, all }: { gate: number; all: number }): { numRuns: number; seed?: number } {
	const everything = process.env.TEST_ALL !== undefined;
	const numRuns = Number(process.env.TEST_ROUNDS ?? (everything ? all : gate));
	if (process.env.TEST_SEED !== undefined) return { numRuns, seed: Number(process.env.TEST_SEED) };
	return everything ? { numRuns } : { numRuns, seed: 20261127 };
}
