/**
 * The number of random histories for a property, and their seed. A normal run tries a few with a fixed seed,
 * so that it fails only because of a change. `npm run test:all` tries many with a new seed. TEST_ROUNDS=500 searches longer,
 * TEST_SEED repeats the seed that a failure printed.
 */
export function rounds({ quick, all }: { quick: number; all: number }): { numRuns: number; seed?: number } {
	const isFullRun = process.env.TEST_ALL !== undefined;
	const numRuns = Number(process.env.TEST_ROUNDS ?? (isFullRun ? all : quick));
	if (process.env.TEST_SEED !== undefined) return { numRuns, seed: Number(process.env.TEST_SEED) };
	return isFullRun ? { numRuns } : { numRuns, seed: 20261127 };
}
