import fc from 'fast-check';

const isFullRun = process.env.TEST_ALL !== undefined;
const FIXED_SEED = 20261127;

// The seed of all random tests is fixed in a normal run, so that a test fails only because of a change. `npm run test:all`
// takes a new seed for each test. TEST_SEED repeats the seed that a failure printed.
const { TEST_SEED } = process.env;
fc.configureGlobal({
	...(TEST_SEED !== undefined || !isFullRun ? { seed: Number(TEST_SEED ?? FIXED_SEED) } : {}),
	// The list of second tries shows only messages, so the message must contain the error. Of a test that fails twice,
	// vitest prints the difference between two values from the cause.
	includeErrorInReport: true,
	reporter: (run) => {
		const message = fc.defaultReportMessage(run);
		if (message !== undefined) throw new Error(message, { cause: run.errorInstance });
	}
});

/** Whether TEST_SEED repeats a failure. */
export const isRepeated = TEST_SEED !== undefined;

/** The seed of random tests without fast-check. A failure names it. */
export const SEED = Number(TEST_SEED ?? (isFullRun ? Date.now() % 2 ** 31 : FIXED_SEED));

/** Rounds of a long random test: few in a normal run, many in `npm run test:all`. TEST_ROUNDS=500 searches longer. */
export const rounds = ({ quick, all }: { quick: number; all: number }): number =>
	Number(process.env.TEST_ROUNDS ?? (isFullRun ? all : quick));
